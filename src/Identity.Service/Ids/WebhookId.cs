namespace Culvert.Identity.Service.Ids;

internal readonly record struct WebhookId : IIdentifier<WebhookId>
{
    private WebhookId(string value) => Value = value;

    public static string Prefix => "hook";

    public string Value { get; }

    public static WebhookId Wrap(string value) => new(value);

    public static WebhookId New() => Identifier.New<WebhookId>();

    public static bool TryParse(string? text, out WebhookId id) => Identifier.TryParse(text, out id);

    public override string ToString() => Value;
}
