"""Configurations of nginx in the foreground, for any number of sites."""


def url_form(address):
    return f"[{address}]" if ":" in address else address


def _place(host, path, status):
    text = '""' if status == 204 else f'"{host}"'
    return f"location = {path} {{ return {status} {text}; }}"


def server_block(host, addresses, port, answers, tls=None, protocols="TLSv1.2 TLSv1.3",
                 elsewhere="return 404;", extra=""):
    """One site: `answers` maps paths to the status each is answered with; `tls` is (chain, key)."""
    words = " ssl http2" if tls else ""
    listens_on = "\n".join(f"listen {url_form(a)}:{port}{words};" for a in addresses)
    secure = f"""
        ssl_certificate {tls[0]};
        ssl_certificate_key {tls[1]};
        ssl_protocols {protocols};""" if tls else ""
    places = "\n".join(_place(host, path, status) for path, status in answers.items())
    return f"""
      server {{
        {listens_on}
        server_name {host};
        {secure}
        {extra}
        {places}
        location / {{ {elsewhere} }}
      }}"""


def nginx_config(folder, blocks, reloads=False):
    """`reloads`: with a master process, without which nginx cannot read its file again."""
    return f"""
        user root root;  # of this namespace: an ordinary user maps no other
        daemon off;
        master_process {"on" if reloads else "off"};
        pid {folder}/pid;
        error_log stderr;
        events {{ worker_connections 4096; }}
        http {{
          access_log off;
          server_names_hash_bucket_size 128;
          client_body_temp_path {folder};
          proxy_temp_path {folder};
          fastcgi_temp_path {folder};
          uwsgi_temp_path {folder};
          scgi_temp_path {folder};
          default_type text/plain;
          {"".join(blocks)}
        }}"""
