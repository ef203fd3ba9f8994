using System.Globalization;
using System.Text;
using System.Text.Json;
using Culvert.Identity.Service.Mail;
using Culvert.Identity.Service.Settings;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Webhooks;

/// <summary>
/// Webhook messages as mail to people: the request, its deadline, and where to decide. The names in it are untrusted:
/// invisible characters, above all line breaks, are escaped, and long names are truncated.
/// </summary>
internal sealed class MailNotices(
    IMailRelay relay,
    Current<MailOptions> options,
    ServiceIdentity identity,
    TimeProvider time
)
{
    public const string Requested = "approval.requested";
    public const string Summary = "approval.summary";
    public const string Test = "webhook.test";

    private const int MaxCharacters = 200;
    private const int MaxSubjectCharacters = 60;

    private string Page => $"{identity.PublicUrl}/console/approvals";

    /// <summary>Why the address receives no mail; null = it may.</summary>
    public string? Check(string address) =>
        !options.Value.IsConfigured ? "url: no mail relay is configured (mail.host)."
        : !options.Value.IsRecipient(address) ? "url: the domain of the address is not one of mail.recipient_domains."
        : null;

    public async Task<SendFailure?> SendAsync(
        string address,
        string id,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken
    )
    {
        // The configuration may have changed since the address was registered.
        if (Check(address) is { } excluded)
        {
            return new SendFailure(excluded, IsFinal: true);
        }

        using var document = JsonDocument.Parse(body);
        var data = document.RootElement.GetProperty("data");
        var type = document.RootElement.GetProperty("type").GetString();
        if (type == Requested && data.GetProperty("expires_at").GetDateTimeOffset() <= time.GetUtcNow())
        {
            return new SendFailure("The request for approval expired before the mail was sent.", IsFinal: true);
        }

        var note = type switch
        {
            Requested => Describe(address, id, data),
            Summary => new MailNote(id, address, "More calls wait for approval", DescribeSummary()),
            _ => new MailNote(id, address, "Test mail of Culvert", $"Mail of {identity.PublicUrl} arrives here."),
        };
        return await relay.SendAsync(note, cancellationToken) is { } failure
            ? new SendFailure(failure.Reason, failure.IsFinal)
            : null;
    }

    private MailNote Describe(string address, string id, JsonElement data)
    {
        var (kind, name) = (Read(data, "kind"), Read(data, "name"));
        var expires = data.GetProperty("expires_at").GetDateTime().ToUniversalTime();
        var text = new StringBuilder("A call waits for approval.\n\n");
        Add("Call", $"{kind} {name}");
        Add("Route", Read(data, "route"));
        Add("Rule", Read(data, "rule"));
        Add(
            "Caller",
            Read(data, "subject") is { Length: > 0 } subject ? subject : "(the route does not know its callers)"
        );
        Add("Issuer", Read(data, "issuer"));
        Add("Client", Read(data, "client_id"));
        Add("Expires", expires.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture));
        Add("Request", Read(data, "approval_id"));
        text.Append(CultureInfo.InvariantCulture, $"\nRead its arguments and decide in the console:\n{Page}\n");
        return new MailNote(id, address, $"Approval needed: {kind} {Cut(name, MaxSubjectCharacters)}", text.ToString());

        void Add(string label, string value)
        {
            if (value.Length > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"{label + ":", -10}{value}\n");
            }
        }
    }

    private string DescribeSummary() =>
        $"More calls wait for approval than this address gets mails about in a minute.\n\nAll of them are in the console:\n{Page}\n";

    private static string Read(JsonElement data, string member) =>
        Cut(VisibleText.Escape(data.GetProperty(member).GetString() ?? ""), MaxCharacters);

    private static string Cut(string text, int length) =>
        text.Length <= length ? text
        // Never split a surrogate pair.
        : char.IsHighSurrogate(text[length - 1]) ? text[..(length - 1)] + "…"
        : text[..length] + "…";
}
