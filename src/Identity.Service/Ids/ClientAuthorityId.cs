namespace Culvert.Identity.Service.Ids;

internal readonly record struct ClientAuthorityId : IIdentifier<ClientAuthorityId>
{
    private ClientAuthorityId(string value) => Value = value;

    public static string Prefix => "clca";

    public string Value { get; }

    public static ClientAuthorityId Wrap(string value) => new(value);

    public static ClientAuthorityId New() => Identifier.New<ClientAuthorityId>();

    public static bool TryParse(string? text, out ClientAuthorityId id) => Identifier.TryParse(text, out id);

    public override string ToString() => Value;
}
