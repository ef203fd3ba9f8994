namespace Culvert.Identity.Service.Ids;

internal readonly record struct RelyingPartyId : IIdentifier<RelyingPartyId>
{
    private RelyingPartyId(string value) => Value = value;

    public static string Prefix => "rp";

    public string Value { get; }

    public static RelyingPartyId Wrap(string value) => new(value);

    public static RelyingPartyId New() => Identifier.New<RelyingPartyId>();

    public static bool TryParse(string? text, out RelyingPartyId id) => Identifier.TryParse(text, out id);

    public override string ToString() => Value;
}
