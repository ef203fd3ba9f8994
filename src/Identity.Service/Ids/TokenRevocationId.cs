namespace Culvert.Identity.Service.Ids;

internal readonly record struct TokenRevocationId : IIdentifier<TokenRevocationId>
{
    private TokenRevocationId(string value) => Value = value;

    public static string Prefix => "trev";

    public string Value { get; }

    public static TokenRevocationId Wrap(string value) => new(value);

    public static TokenRevocationId New() => Identifier.New<TokenRevocationId>();

    public static bool TryParse(string? text, out TokenRevocationId id) => Identifier.TryParse(text, out id);

    public override string ToString() => Value;
}
