namespace Culvert.Identity.Service.Ids;

internal readonly record struct ServiceAccountId : IIdentifier<ServiceAccountId>
{
    private ServiceAccountId(string value) => Value = value;

    public static string Prefix => "svac";

    public string Value { get; }

    public static ServiceAccountId Wrap(string value) => new(value);

    public static ServiceAccountId New() => Identifier.New<ServiceAccountId>();

    public static bool TryParse(string? text, out ServiceAccountId id) => Identifier.TryParse(text, out id);

    public override string ToString() => Value;
}
