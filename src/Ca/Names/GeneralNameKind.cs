namespace Culvert.Ca.Names;

/// <summary>The choices of <c>GeneralName</c>; the values are the context tags of RFC 5280 §4.2.1.6.</summary>
public enum GeneralNameKind
{
    OtherName = 0,
    Email = 1,
    Dns = 2,
    X400Address = 3,
    DirectoryName = 4,
    EdiPartyName = 5,
    Uri = 6,
    IpAddress = 7,
    RegisteredId = 8,
}
