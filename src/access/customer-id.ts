/** 1 to 128 characters that can be printed; neither spaces at the ends nor control characters. Whoever names a customer, in a token or a body, does so by this. */
export const CUSTOMER_ID = /^[^\s\p{C}](?:[^\p{C}]{0,126}[^\s\p{C}])?$/u;
