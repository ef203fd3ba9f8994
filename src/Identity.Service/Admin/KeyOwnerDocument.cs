namespace Culvert.Identity.Service.Admin;

internal sealed record KeyOwnerDocument(string Issuer, string Subject);
