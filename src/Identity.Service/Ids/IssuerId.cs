namespace Culvert.Identity.Service.Ids;

internal readonly record struct IssuerId : IIdentifier<IssuerId>
{
    private IssuerId(string value) => Value = value;

    public static string Prefix => "fdis";

    public string Value { get; }

    public static IssuerId Wrap(string value) => new(value);

    public static IssuerId New() => Identifier.New<IssuerId>();

    public static bool TryParse(string? text, out IssuerId id) => Identifier.TryParse(text, out id);

    public override string ToString() => Value;
}
