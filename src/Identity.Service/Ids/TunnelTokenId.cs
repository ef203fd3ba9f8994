namespace Culvert.Identity.Service.Ids;

/// <summary>The current value of a tunnel's token: <c>ttok_01</c> and 22 base-62 characters.</summary>
internal readonly record struct TunnelTokenId : IIdentifier<TunnelTokenId>
{
    private TunnelTokenId(string value) => Value = value;

    public static string Prefix => "ttok";

    public string Value { get; }

    public static TunnelTokenId Wrap(string value) => new(value);

    public static TunnelTokenId New() => Identifier.New<TunnelTokenId>();

    public static bool TryParse(string? text, out TunnelTokenId id) => Identifier.TryParse(text, out id);

    public override string ToString() => Value;
}
