#!/usr/bin/env python3
"""Shows what each act of the censor does to dig, curl and openssl, and that a neighbour is spared.

Usage: acts.py PATH/TO/lab_censor. Two namespaces and a wire between them, all inside one unshare of
its own; one line `ok - …` or `not ok - …` a case, and `N passed, N failed` at the end.
"""
import contextlib
import http.server
import json
import os
import re
import socket
import socketserver
import ssl
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.abspath(__file__)
CLIENT, SERVER, OTHER = '10.1.0.1', '10.1.0.2', '10.1.0.3'
CLIENT6, SERVER6, OTHER6 = 'fd01::1', 'fd01::2', 'fd01::3'
BIG = 200_000

RULES = {
    'rst-client': {'match': {'proto': 'tcp', 'tls': {'sni': ['bad.test', '*.bad.test']}},
                   'act': [{'reset': {'to': 'client', 'flags': 'RA', 'count': 3, 'ttl': 77, 'ip_id': 4321}},
                           {'drop': 'flow'}]},
    'rst-on-path': {'on_path': True, 'match': {'proto': 'tcp', 'tls': {'sni': 'bad.test'}},
                    'act': [{'reset': {'to': 'both', 'flags': 'R'}}]},
    'alert': {'match': {'tls': {'sni': 'bad.test'}}, 'act': [{'alert': {'description': 112}}]},
    'residual': {'match': {'tls': {'sni': 'bad.test'}}, 'act': [{'reset': {}}],
                 'residual': {'tuple': 3, 'for_ms': 1500, 'act': [{'reset': {'to': 'client'}}, {'drop': 'packet'}]}},
    'page': {'match': {'port': 80, 'http': {'host': 'bad.test'}},
             'act': [{'http': {'status': 403, 'headers': {'Server': 'DPI'}, 'body': 'blocked ' * 500}}]},
    'keyword': {'match': {'http': {'keyword': 'falun'}}, 'act': [{'reset': {}}]},
    'fin': {'match': {'http': {'host': 'bad.test'}}, 'act': [{'fin': {'to': 'client'}}, {'drop': 'flow'}]},
    'dns-race': {'on_path': True, 'match': {'dns': {'name': 'bad.test'}},
                 'act': [{'dns': {'answers': [['203.0.113.1', '2001:db8::1'], ['203.0.113.2'], ['203.0.113.3']],
                                  'copies': 3, 'delay_us': [1000, 3000, 8000]}}]},
    'dns-lie': {'match': {'dns': {'name': '*bad.test'}}, 'act': [{'dns': {'rcode': 'NXDOMAIN'}}]},
    'dns-drop': {'match': {'dns': {'name': 'bad.test', 'type': 'A'}}, 'act': [{'drop': 'packet'}]},
    'admin': {'match': {'dst': [SERVER, SERVER6], 'port': 443}, 'act': [{'icmp': {'code': 'admin'}}, {'drop': 'packet'}]},
    'hole': {'match': {'host': [SERVER, SERVER6]}, 'act': [{'drop': 'packet'}]},
    'redirect': {'match': {'dst': [SERVER, SERVER6], 'port': [53, 80, 443]},
                 'act': [{'redirect': {'to': [OTHER, OTHER6]}}]},
    'police': {'match': {'http': {'host': 'bad.test'}},
               'act': [{'throttle': {'rate_bps': 800_000, 'burst': 8192, 'direction': 'in'}}]},
    'shape': {'match': {'http': {'host': 'bad.test'}},
              'act': [{'throttle': {'rate_bps': 800_000, 'burst': 8192, 'mode': 'shaper', 'direction': 'in'}}]},
    'freeze': {'match': {'dst': SERVER, 'port': 80}, 'act': [{'freeze': {'after': 16384}}]},
    'strip': {'match': {'port': 25}, 'act': [{'strip': 'starttls'}]},
    'late': {'match': {'proto': 'icmp', 'direction': 'out'}, 'act': [{'delay_us': 30000}]},
    'twice': {'match': {'proto': 'icmp', 'direction': 'in'}, 'act': [{'duplicate': {'copies': 1, 'delay_us': 2000}}]},
    'half': {'match': {'proto': 'udp', 'port': 53, 'flow': {'hash': {'mod': 2, 'is': 0}}}, 'act': [{'drop': 'packet'}]},
    'most': {'match': {'proto': 'udp', 'port': 53, 'probability': {'p': 0.75, 'per': 'flow'}}, 'act': [{'drop': 'packet'}]},
    'cheap': {'match': {'tls': {'sni': 'bad.test', 'reassemble': False}}, 'act': [{'reset': {}}]},
}
CONFIG = {'control': '/run/censor.sock',
          'wires': [{'name': 'w', 'inside': 'in0', 'outside': 'out0',
                     'delay_us': [{'prefix': ['0.0.0.0/0', '::/0'], 'us': 20000}]}],
          'rules': [{'name': name, 'at': 'w', 'enabled': False, **rule} for name, rule in RULES.items()]}

passed = failed = 0


def check(name, good, said=''):
    global passed, failed
    passed, failed = (passed + 1, failed) if good else (passed, failed + 1)
    print(f"{'ok' if good else 'not ok'} - {name}" + ('' if good else f': {said}'), flush=True)


def run(*words, timeout=20):
    return subprocess.run(words, capture_output=True, text=True, timeout=timeout, check=False)


def sure(*words):
    done = run(*words)
    if done.returncode:
        sys.exit(f'{words}: {done.stderr}')


def client(*words):
    done = run('ip', 'netns', 'exec', 'a', *words)
    return done.stdout + done.stderr


# --- servers, in namespace b

class Dns(socketserver.ThreadingUDPServer):
    allow_reuse_address = True
    daemon_threads = True


class Dns6(Dns):
    address_family = socket.AF_INET6


def dns_answer(query, address):
    end = query.index(b'\0', 12) + 5
    kind = int.from_bytes(query[end - 4:end - 2], 'big')
    data = socket.inet_aton(address) if kind == 1 else socket.inet_pton(socket.AF_INET6, '2001:db8::ffff')
    return (query[:2] + b'\x81\x80\0\1\0\1\0\0\0\0' + query[12:end] + b'\xc0\x0c' + query[end - 4:end] + b'\0\0\0\x3c'
            + len(data).to_bytes(2, 'big') + data)


def serve_dns(address, true):
    class OverUdp(socketserver.BaseRequestHandler):
        def handle(self):
            self.request[1].sendto(dns_answer(self.request[0], true), self.client_address)

    class OverTcp(socketserver.BaseRequestHandler):
        def handle(self):
            query = self.request.recv(4096)[2:]
            answer = dns_answer(query, true)
            self.request.sendall(len(answer).to_bytes(2, 'big') + answer)

    class Tcp(socketserver.ThreadingTCPServer):
        address_family = socket.AF_INET6 if ':' in address else socket.AF_INET
        allow_reuse_address = daemon_threads = True
    return [(Dns6 if ':' in address else Dns)((address, 53), OverUdp), Tcp((address, 53), OverTcp)]


def serve_web(address, certificate):
    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = address.encode() if 'big' not in self.path else b'x' * BIG
            self.send_response(200)
            self.send_header('Content-Length', str(len(body)))
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(body)

        def log_message(self, *_):
            pass

    class Web(http.server.ThreadingHTTPServer):
        address_family = socket.AF_INET6 if ':' in address else socket.AF_INET

        def handle_error(self, *_):
            pass

        def finish_request(self, request, whence):
            if self.server_port == 443:
                request = self.context.wrap_socket(request, server_side=True)
            super().finish_request(request, whence)
    plain, tls = Web((address, 80), Page), Web((address, 443), Page)
    tls.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.context.load_cert_chain(certificate)
    return [plain, tls]


def serve_mail(address):
    class Mail(socketserver.StreamRequestHandler):
        def handle(self):
            self.wfile.write(b'220 mail\r\n')
            self.rfile.readline()
            self.wfile.write(b'250-mail\r\n250-STARTTLS\r\n250 HELP\r\n')
            self.rfile.readline()
    socketserver.ThreadingTCPServer.allow_reuse_address = True
    return [socketserver.ThreadingTCPServer((address, 25), Mail)]


def serve(certificate):
    servers = serve_mail(SERVER)
    for address, true in ((SERVER, '192.0.2.2'), (OTHER, '192.0.2.3'), (SERVER6, '192.0.2.2'), (OTHER6, '192.0.2.3')):
        servers += serve_dns(address, true) + serve_web(address, certificate)
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    print('serving', flush=True)
    threading.Event().wait()


# --- the world

def build_world(directory):
    sure('mount', '-t', 'tmpfs', 'none', '/run')
    sure('sysctl', '-qw', 'net.ipv6.conf.default.accept_dad=0', 'net.ipv6.conf.all.accept_dad=0')
    for name in 'a', 'w', 'b':
        sure('ip', 'netns', 'add', name)
        sure('ip', 'netns', 'exec', name, 'sysctl', '-qw', 'net.ipv6.conf.default.accept_dad=0')
    sure('ip', 'link', 'add', 'a0', 'netns', 'a', 'type', 'veth', 'peer', 'name', 'in0', 'netns', 'w')
    sure('ip', 'link', 'add', 'b0', 'netns', 'b', 'type', 'veth', 'peer', 'name', 'out0', 'netns', 'w')
    for space, link in ('a', 'a0'), ('w', 'in0'), ('w', 'out0'), ('b', 'b0'):
        sure('ip', 'netns', 'exec', space, 'ethtool', '-K', link, 'tso', 'off', 'gso', 'off', 'gro', 'off',
             'tx', 'off', 'rx', 'off')
        sure('ip', '-n', space, 'link', 'set', link, 'up')
        sure('ip', '-n', space, 'link', 'set', 'lo', 'up')
    sure('ip', '-n', 'a', 'addr', 'add', CLIENT + '/24', 'dev', 'a0')
    sure('ip', '-n', 'a', 'addr', 'add', CLIENT6 + '/64', 'dev', 'a0')
    for address in SERVER + '/24', OTHER + '/24', SERVER6 + '/64', OTHER6 + '/64':
        sure('ip', '-n', 'b', 'addr', 'add', address, 'dev', 'b0')
    sure('openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj',
         '/CN=test', '-days', '2', '-keyout', directory + '/pem', '-out', directory + '/crt')
    with open(directory + '/pem', 'a', encoding='ascii') as pem, open(directory + '/crt', encoding='ascii') as crt:
        pem.write(crt.read())


def start(*words):
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    if not process.stdout.readline():
        sys.exit(f'{words} did not start')
    return process


def tell(line):
    with socket.socket(socket.AF_UNIX) as control:
        control.connect('/run/censor.sock')
        control.sendall(line.encode() + b'\n')
        return control.makefile().readline().strip()


@contextlib.contextmanager
def rule(name):
    if tell('enable ' + name) != 'ok':
        sys.exit('no rule ' + name)
    before = counters(name)['fired']
    yield
    check(f'{name}: fired', counters(name)['fired'] > before, counters(name))
    tell('disable ' + name)


def counters(name):
    return json.loads(tell('counters'))['rules'][name]


@contextlib.contextmanager
def capture(filter_, lines):
    process = subprocess.Popen(['ip', 'netns', 'exec', 'a', 'tcpdump', '-lnvv', '-i', 'a0', '--immediate-mode', *filter_],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while 'listening' not in process.stderr.readline():
        pass
    yield
    time.sleep(0.3)  # what is on its way to tcpdump's pipe; nothing tells its end
    process.terminate()
    lines.append(process.communicate()[0])


# --- what a user sees

def fetch(host, address=SERVER, scheme='http', path='/', most=3):
    port = 443 if scheme == 'https' else 80
    shown = f'[{address}]' if ':' in address else address
    return client('curl', '-sk', '-m', str(most), '-w', '\n%{http_code} %{exitcode} %{time_total} %{size_download}',
                  '--resolve', f'{host}:{port}:{shown}', f'{scheme}://{host}{path}')


def status(text):
    code, exit_, took, size = text.split('\n')[-1].split()
    return int(code), int(exit_), float(took), int(size)


def dig(name, *words, address=SERVER):
    return client('dig', '+time=1', '+tries=1', f'@{address}', name, *words)


def addresses(text):
    return re.findall(r'\bIN[ \t]+(?:A|AAAA)[ \t]+(\S+)', text)


def families(name, case):
    for address, label in (SERVER, 'IPv4'), (SERVER6, 'IPv6'):
        case(address, f'{name} {label}')


def spared(name, address):
    check(f'{name}: another name is spared', status(fetch('good.test', address, 'https'))[0] == 200)


def show_reset(address, name):
    lines = []
    with rule('rst-client'):
        with capture(['tcp', 'port', '443'], lines):
            said = status(fetch('www.bad.test', address, 'https'))
        resets = [flags for flags in re.findall(r'Flags \[([^\]]*)\]', lines[0]) if 'R' in flags]
        check(f'{name}: connection reset, after one round trip', said[1] == 35 and 0.04 <= said[2] < 1, said)
        check(f'{name}: three, RST+ACK', resets.count('R.') == 3, lines[0])
        check(f'{name}: right checksums', 'incorrect' not in lines[0] and 'bad' not in lines[0].replace('bad.test', ''),
              lines[0])
        check(f'{name}: TTL as told', lines[0].count('ttl 77') + lines[0].count('hlim 77') == 3, lines[0])
        spared(name, address)


def show_on_path(address, name):
    with rule('rst-on-path'):
        check(f'{name}: reset', status(fetch('bad.test', address, 'https'))[1] == 35)
        spared(name, address)


def show_alert(address, name):
    with rule('alert'):
        said = client('openssl', 's_client', '-connect', f'[{address}]:443' if ':' in address else f'{address}:443',
                      '-servername', 'bad.test')
        check(f'{name}: unrecognized name', 'unrecognized name' in said, said)
        spared(name, address)


def show_residual(address, name):
    with rule('residual'):
        check(f'{name}: the hit', status(fetch('bad.test', address, 'https'))[1] == 35)
        check(f'{name}: an innocent name soon after', status(fetch('good.test', address, 'https'))[1] == 7)
        other = OTHER6 if ':' in address else OTHER
        check(f'{name}: another server', status(fetch('good.test', other, 'https'))[0] == 200)
        check(f'{name}: another port', status(fetch('good.test', address))[0] == 200)
        time.sleep(1.6)  # the residual's own time
        spared(name + ' later', address)


def show_page(address, name):
    with rule('page'):
        said = fetch('bad.test', address)
        check(f'{name}: forged', status(said)[:2] == (403, 0) and said.startswith('blocked'), said)
        check(f'{name}: innocent', fetch('good.test', address).startswith(address))


def show_keyword(address, name):
    with rule('keyword'):
        check(f'{name}: in the path', status(fetch('good.test', address, path='/?q=FALUN'))[1] == 56)
        check(f'{name}: innocent path', status(fetch('good.test', address, path='/?q=x'))[0] == 200)


def show_fin(address, name):
    with rule('fin'):
        check(f'{name}: empty answer', status(fetch('bad.test', address))[1] == 52)


def show_dns_race(address, name):
    with rule('dns-race'):
        said = addresses(dig('bad.test', address=address))
        check(f'{name}: forged first', said and said[0].startswith('203.0.113.'), said)
        check(f'{name}: AAAA', addresses(dig('bad.test', 'AAAA', address=address)) == ['2001:db8::1'])
        said = addresses(dig('bad.test', '+tcp', address=address))
        check(f'{name}: over TCP', said and said[0].startswith('203.0.113.'), said)
        check(f'{name}: innocent', addresses(dig('good.test', address=address)) == ['192.0.2.2'])
        tries = [race(address) for _ in range(10)]
        check(f'{name}: three different ones and the true one',
              all(len(set(said)) == 4 and said[-1] == socket.inet_aton('192.0.2.2') for said, _ in tries), tries)
        # A busy machine may be late, but it is never early, and not every time late.
        times = [min(took) for took in zip(*(times for _, times in tries))]
        check(f'{name}: at 1, 3, 8 and 40 ms',
              all(due <= took < due + 2.5 for took, due in zip(times, (1, 3, 8, 40))), times)


def race(address):
    """All answers to one query and when they came, in milliseconds."""
    with socket_in_client(address) as asked:
        began = time.monotonic()
        asked.sendto(b'\x12\x34\1\0\0\1\0\0\0\0\0\0\3bad\4test\0\0\1\0\1', (address, 53))
        answers, times = [], []
        with contextlib.suppress(TimeoutError):
            while len(answers) < 5:
                answers.append(asked.recv(4096)[-4:])
                times.append(round((time.monotonic() - began) * 1000, 2))
    return answers, times


@contextlib.contextmanager
def socket_in_client(address):
    """A UDP socket of namespace a, made by a thread that goes there for it."""
    made = []

    def make():
        with open('/run/netns/a', encoding='ascii') as space:
            os_setns(space.fileno())
        made.append(socket.socket(socket.AF_INET6 if ':' in address else socket.AF_INET, socket.SOCK_DGRAM))
    thread = threading.Thread(target=make)
    thread.start()
    thread.join()
    made[0].settimeout(0.5)
    with made[0]:
        yield made[0]


def os_setns(descriptor):
    import ctypes
    if ctypes.CDLL(None, use_errno=True).setns(descriptor, 0x40000000) != 0:
        raise OSError(ctypes.get_errno(), 'setns')


def show_dns_lie(address, name):
    with rule('dns-lie'):
        for words in ([], ['+tcp']):
            check(f'{name}: NXDOMAIN {words}', 'status: NXDOMAIN' in dig('www.bad.test', *words, address=address))
        check(f'{name}: innocent', 'status: NOERROR' in dig('good.test', address=address))


def show_dns_drop(address, name):
    with rule('dns-drop'):
        check(f'{name}: silence', 'timed out' in dig('bad.test', address=address))
        check(f'{name}: other type', addresses(dig('bad.test', 'AAAA', address=address)) == ['2001:db8::ffff'])


def show_admin(address, name):
    with rule('admin'):
        said = status(fetch('good.test', address, 'https'))
        check(f'{name}: unreachable at once', said[1] == 7 and said[2] < 1.2, said)
        check(f'{name}: other port', status(fetch('good.test', address))[0] == 200)


def show_hole(address, name):
    with rule('hole'):
        check(f'{name}: silence', status(fetch('good.test', address, most=1))[1] == 28)
        check(f'{name}: neighbour', status(fetch('good.test', OTHER6 if ':' in address else OTHER))[0] == 200)


def show_redirect(address, name):
    other = OTHER6 if ':' in address else OTHER
    with rule('redirect'):
        check(f'{name}: HTTP', fetch('good.test', address).startswith(other))
        check(f'{name}: HTTPS', fetch('good.test', address, 'https').startswith(other))
        check(f'{name}: DNS', addresses(dig('good.test', address=address)) == ['192.0.2.3'])
    check(f'{name}: not any more', fetch('good.test', address).startswith(address))


def show_rates():
    free = status(fetch('good.test', path='/big'))
    check('throttle: free without', free[3] == BIG and free[2] < 1.5, free)
    for name in 'police', 'shape':
        with rule(name):
            said = status(fetch('bad.test', path='/big', most=6))
            rate = said[3] * 8 / said[2]
            check(f'{name}: 800 kbit/s', 500_000 < rate < 880_000, (said, rate))
            check(f'{name}: neighbour', status(fetch('good.test', path='/big'))[2] < 1.5)
    with rule('freeze'):
        said = status(fetch('good.test', path='/big', most=2))
        check('freeze: stalls within 16 KiB', said[1] == 28 and 8000 < said[3] <= 16384, said)
        check('freeze: small answer', status(fetch('good.test'))[0] == 200)


def show_mail():
    talk = "import smtplib; s=smtplib.SMTP('10.1.0.2', 25, timeout=3); s.ehlo(); print(s.has_extn('starttls'))"
    check('strip: offered without', 'True' in client('python3', '-c', talk))
    with rule('strip'):
        check('strip: offer is gone', 'False' in client('python3', '-c', talk))


def show_times():
    for address in SERVER, SERVER6:
        said = client('ping', '-q', '-c', '20', '-i', '0.05', address)
        least = float(re.search(r'= ([\d.]+)/', said)[1])
        check(f'path: 40 ms to {address}', 40 <= least < 41.5, said)
        with rule('late'):
            said = client('ping', '-q', '-c', '10', '-i', '0.05', address)
            check(f'late: 70 ms to {address}', 70 <= float(re.search(r'= ([\d.]+)/', said)[1]) < 71.5, said)
        with rule('twice'):
            # ping may end before the last copy comes.
            said = client('ping', '-q', '-c', '10', '-i', '0.05', address)
            check(f'twice: duplicates from {address}', re.search(r'\+(9|10) duplicates', said), said)


def show_shares():
    for name, least, most in ('half', 5, 25), ('most', 1, 16):
        with rule(name):
            answers = 0
            sockets = [socket_in_client(SERVER) for _ in range(30)]
            with contextlib.ExitStack() as stack:
                opened = [stack.enter_context(one) for one in sockets]
                for one in opened:
                    one.sendto(b'\x12\x34\1\0\0\1\0\0\0\0\0\0\4good\4test\0\0\1\0\1', (SERVER, 53))
                for one in opened:
                    one.settimeout(0.2)
                    with contextlib.suppress(TimeoutError):
                        answers += len(one.recv(4096)) > 0
            check(f'{name}: a share of 30 flows', least <= answers <= most, answers)


def show_segments():
    """A ClientHello in two segments gets by a censor that does not put segments together."""
    talk = '''
import socket, ssl, time
context = ssl._create_unverified_context()
into, out = ssl.MemoryBIO(), ssl.MemoryBIO()
tls = context.wrap_bio(into, out, server_hostname='bad.test')
try: tls.do_handshake()
except ssl.SSLWantReadError: pass
hello = out.read()
cut = hello.index(b'bad.test') + 3
s = socket.create_connection(('10.1.0.2', 443)); s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1); s.settimeout(1)
s.sendall(hello[:cut]); time.sleep(.1); s.sendall(hello[cut:])
try: print('got', len(s.recv(4096)))
except OSError as error: print('error', error)
'''
    with rule('cheap'):
        check('cheap: whole hello is seen', status(fetch('bad.test', scheme='https'))[1] == 35)
        check('cheap: split hello passes', 'got' in client('python3', '-c', talk))
    with rule('rst-client'):
        check('reassembly: split hello is seen', 'reset' in client('python3', '-c', talk))


def show_all():
    show_times()
    for name, case in (('reset', show_reset), ('on-path reset', show_on_path), ('alert', show_alert),
                       ('residual', show_residual), ('page', show_page), ('keyword', show_keyword),
                       ('fin', show_fin), ('DNS race', show_dns_race), ('DNS lie', show_dns_lie),
                       ('DNS drop', show_dns_drop), ('ICMP', show_admin), ('black hole', show_hole),
                       ('redirect', show_redirect)):
        families(name, case)
    show_segments()
    show_shares()
    show_mail()
    show_rates()


def main():
    if len(sys.argv) == 3 and sys.argv[1] == 'serve':
        serve(sys.argv[2])
    if os.environ.get('IN_ACTS') != '1':
        program = os.path.abspath(sys.argv[1])
        os.environ['IN_ACTS'] = '1'
        rights = [] if os.geteuid() == 0 else ['--user', '--map-root-user']
        os.execvp('unshare', ['unshare', *rights, '--net', '--mount', '--pid', '--fork', '--kill-child',
                              '--mount-proc', sys.executable, HERE, program])
    with tempfile.TemporaryDirectory() as directory:
        build_world(directory)
        with open(directory + '/censor.json', 'w', encoding='ascii') as file:
            json.dump(CONFIG, file)
        censor = start('ip', 'netns', 'exec', 'w', sys.argv[1], directory + '/censor.json')
        server = start('ip', 'netns', 'exec', 'b', sys.executable, HERE, 'serve', directory + '/pem')
        client('ping', '-c', '1', '-W', '3', SERVER6)
        try:
            show_all()
        finally:
            server.kill()
            censor.terminate()
            check('the censor ends well', censor.wait(5) == 0)
    print(f'{passed} passed, {failed} failed')
    sys.exit(failed > 0)


if __name__ == '__main__':
    main()
