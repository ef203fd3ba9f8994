namespace Culvert.Platform.Certificates;

/// <summary>The kinds of subject alternative names that identify a client (RFC 5280 §4.2.1.6).</summary>
public enum ClientIdentityKind
{
    Uri,
    Dns,
    Email,
}
