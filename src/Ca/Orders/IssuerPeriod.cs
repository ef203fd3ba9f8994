namespace Culvert.Ca.Orders;

/// <summary>The issuer's own validity, both seconds included.</summary>
public sealed record IssuerPeriod(DateTimeOffset NotBefore, DateTimeOffset NotAfter);
