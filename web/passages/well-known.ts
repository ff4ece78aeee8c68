/** Passages to begin with, by their addresses, and what they are known for. */
export const wellKnown: readonly { readonly address: string; readonly title: string }[] = [
  { address: '1CO.13.1', title: 'Love is patient and is kind' },
  { address: 'GEN.1.1', title: 'The creation of the world' },
  { address: 'GEN.8.1', title: 'The flood ends, the dove returns' },
  { address: 'EXO.14.3', title: 'The sea is divided' },
  { address: 'EXO.20.1', title: 'The ten commandments' },
  { address: '1SA.17.6', title: 'David and Goliath' },
  { address: '1KI.3.3', title: 'The judgment of Solomon' },
  { address: 'ECC.3.1', title: 'A time for everything' },
  { address: 'DAN.6.3', title: 'Daniel among the lions' },
  { address: 'JON.2.1', title: 'Jonah inside the fish' },
  { address: 'MAT.5.1', title: 'The Sermon on the Mount begins' },
  { address: 'LUK.10.3', title: 'The good Samaritan' },
  { address: 'LUK.15.2', title: 'The lost son comes home' },
  { address: 'JHN.3.2', title: 'God so loved the world' },
  { address: 'ACT.27.4', title: 'The shipwreck of Paul' },
  { address: 'REV.21.1', title: 'A new heaven and a new earth' },
];
