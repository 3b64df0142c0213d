// What each colour means, on every dashboard. After Okabe and Ito, whose eight colours people with any
// kind of colour blindness tell apart; phases and stages are blues and neutrals, so that no phase looks
// like a status. Nothing else names a colour.

const green = '#009E73';
const vermillion = '#D55E00';
const orange = '#E69F00';
const yellow = '#F0E442';
const purple = '#CC79A7';
const grey = '#8E8E8E';

export const good = green;
export const bad = vermillion;
export const doubtful = orange;
export const unknown = grey;
export const quiet = '#33373D'; // nothing there: the ground of a panel, a shade lighter

// The order is that of the codes in a state timeline: the worst last.
export const status = {
  ok: green,
  insufficient: grey,
  impaired: yellow,
  down: purple,
  likely_blocked: orange,
  blocked: vermillion,
};

export const vantage = {
  online: green,
  instrument_fault: grey,
  captive_portal: yellow,
  border_outage: orange,
  offline: purple,
};

export const plain = '#56B4E9';  // a line of no particular meaning
export const second = '#C8B28C'; // and the one beside it

export const phase = {
  dns: plain,
  connect: '#0072B2',
  tls: '#8C8CF0',
  first_byte: second,
  transfer: '#D9D9D9',
};

export const stage = {
  dns: phase.dns,
  tcp: phase.connect,
  tls: phase.tls,
  http: phase.first_byte,
  mail: phase.transfer,
};
