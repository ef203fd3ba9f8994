namespace Culvert.Identity.Service.Ids;

internal readonly record struct AdminKeyId : IIdentifier<AdminKeyId>
{
    private AdminKeyId(string value) => Value = value;

    public static string Prefix => "key";

    public string Value { get; }

    public static AdminKeyId Wrap(string value) => new(value);

    public static AdminKeyId New() => Identifier.New<AdminKeyId>();

    public static bool TryParse(string? text, out AdminKeyId id) => Identifier.TryParse(text, out id);

    public override string ToString() => Value;
}
