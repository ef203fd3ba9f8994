namespace Culvert.Identity.Service.Ids;

internal readonly record struct EdgeId : IIdentifier<EdgeId>
{
    private EdgeId(string value) => Value = value;

    public static string Prefix => "edge";

    public string Value { get; }

    public static EdgeId Wrap(string value) => new(value);

    public static EdgeId New() => Identifier.New<EdgeId>();

    public static bool TryParse(string? text, out EdgeId id) => Identifier.TryParse(text, out id);

    public override string ToString() => Value;
}
