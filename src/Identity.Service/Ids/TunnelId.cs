namespace Culvert.Identity.Service.Ids;

internal readonly record struct TunnelId : IIdentifier<TunnelId>
{
    private TunnelId(string value) => Value = value;

    public static string Prefix => "tnl";

    public string Value { get; }

    public static TunnelId Wrap(string value) => new(value);

    public static TunnelId New() => Identifier.New<TunnelId>();

    public static bool TryParse(string? text, out TunnelId id) => Identifier.TryParse(text, out id);

    public override string ToString() => Value;
}
