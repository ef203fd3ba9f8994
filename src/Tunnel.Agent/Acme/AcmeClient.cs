using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Culvert.Jose.Keys;
using Culvert.Jose.Signatures;
using Culvert.Platform.Net;
using Culvert.Platform.Secrets;

namespace Culvert.Tunnel.Agent.Acme;

/// <summary>The steps of RFC 8555 with one account at one CA. Used by one order at a time.</summary>
internal sealed class AcmeClient(
    AcmeSettings settings,
    SigningKey key,
    TimeProvider time,
    IHostResolver? resolver = null,
    NetworkSource? network = null
)
{
    public const string ChallengeType = "tls-alpn-01";

    // CAs validate and sign within seconds; a busy CA sends Retry-After.
    private static readonly TimeSpan PollLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan FirstPoll = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPoll = TimeSpan.FromSeconds(10);

    private readonly AcmeChannel channel = new(settings, key, time, resolver, network);
    private AcmeDirectory? directory;

    /// <summary>The account's URL; null before <see cref="RegisterAsync"/>, unless a stored one is set.</summary>
    public string? Account
    {
        get => channel.Account;
        set => channel.Account = value;
    }

    /// <summary>The CA's directory; one client requests it once.</summary>
    public async Task<AcmeDirectory> DirectoryAsync(CancellationToken cancellationToken)
    {
        if (directory is null)
        {
            var answer = await channel.GetAsync("directory", settings.Directory, cancellationToken);
            var meta = answer.Member("meta");
            directory = new AcmeDirectory
            {
                NewNonce = answer.Required("newNonce"),
                NewAccount = answer.Required("newAccount"),
                NewOrder = answer.Required("newOrder"),
                RenewalInfo = answer.Optional("renewalInfo"),
                CaaIdentities = Texts(answer, meta, "caaIdentities"),
                ExternalAccountRequired =
                    meta.ValueKind == JsonValueKind.Object
                    && meta.TryGetProperty("externalAccountRequired", out var required)
                    && required.ValueKind == JsonValueKind.True,
            };
            channel.NewNonce = directory.NewNonce;
        }

        return directory;
    }

    /// <summary>Creates the account, or finds the existing one of the key (RFC 8555 §7.3).</summary>
    public async Task<string> RegisterAsync(CancellationToken cancellationToken)
    {
        var known = await DirectoryAsync(cancellationToken);
        if (known.ExternalAccountRequired && settings.ExternalKey is null)
        {
            throw new AcmeException(
                AcmeReason.ExternalAccount,
                "account: the CA accepts only accounts with an external account binding: set acme.external_account."
            );
        }

        channel.Account = null;
        var answer = await channel.PostAsync(
            "account",
            known.NewAccount,
            Json(json =>
            {
                // The operator agreed: without accept_terms the agent does not start.
                json.WriteBoolean("termsOfServiceAgreed"u8, true);
                json.WriteStartArray("contact"u8);
                foreach (var contact in settings.Contact)
                {
                    json.WriteStringValue(contact);
                }

                json.WriteEndArray();
                if (settings.ExternalKey is { } secret)
                {
                    json.WritePropertyName("externalAccountBinding"u8);
                    json.WriteRawValue(Bind(known.NewAccount, secret));
                }
            }),
            cancellationToken
        );
        if (answer.Optional("status") is { } status and not "valid")
        {
            throw new AcmeException(
                AcmeReason.AccountRefused,
                $"account: the CA reports the status {Bounded(status)}."
            );
        }

        return channel.Account = answer.Location ?? throw answer.Invalid("it has no Location");
    }

    /// <param name="name">A host name, lower case.</param>
    /// <param name="replaces">RFC 9773 §5: the certificate to renew, if the CA offers renewal information.</param>
    public async Task<AcmeOrder> OrderAsync(string name, string? replaces, CancellationToken cancellationToken)
    {
        var known = await DirectoryAsync(cancellationToken);
        var payload = Json(json =>
        {
            json.WriteStartArray("identifiers"u8);
            json.WriteStartObject();
            json.WriteString("type"u8, "dns");
            json.WriteString("value"u8, name);
            json.WriteEndObject();
            json.WriteEndArray();
            if (replaces is not null)
            {
                json.WriteString("replaces"u8, replaces);
            }
        });
        var answer = await channel.PostAsync("order", known.NewOrder, payload, cancellationToken);
        return ReadOrder(answer, answer.Location ?? throw answer.Invalid("it has no Location"));
    }

    /// <summary>Returns the challenge of an authorization; null when the name is already authorized.</summary>
    public async Task<AcmeChallenge?> ChallengeAsync(string url, string name, CancellationToken cancellationToken)
    {
        var answer = await ReadAsync("authorization", url, cancellationToken);
        var identifier = answer.Optional(answer.Member("identifier"), "value");
        if (!name.Equals(identifier, StringComparison.OrdinalIgnoreCase))
        {
            throw answer.Invalid("it is for another name");
        }

        var status = answer.Required("status");
        if (status == "valid")
        {
            return null;
        }

        var challenges = answer.Member("challenges");
        foreach (var one in challenges.ValueKind == JsonValueKind.Array ? challenges.EnumerateArray() : [])
        {
            if (answer.Optional(one, "type") != ChallengeType)
            {
                continue;
            }

            return
                answer.Optional(one, "url") is { } at
                && answer.Optional(one, "token") is { Length: >= 22 and <= 256 } token
                && Base64Url.IsValid(token)
                ? new AcmeChallenge(at, token)
                : throw answer.Invalid("its challenge has no url or no token");
        }

        throw new AcmeException(
            AcmeReason.NoChallenge,
            $"authorization: the CA offers no {ChallengeType} for {name} (status {Bounded(status)})."
        );
    }

    /// <summary>Proves that the server of the name knows the account (RFC 8555 §8.1, RFC 8737 §3).</summary>
    public byte[] ComputeDigest(AcmeChallenge challenge) =>
        SHA256.HashData(Encoding.ASCII.GetBytes($"{challenge.Token}.{key.KeyId}"));

    /// <summary>Requests the validation, and waits for its result.</summary>
    public async Task AnswerAsync(AcmeChallenge challenge, string authorization, CancellationToken cancellationToken)
    {
        await channel.PostAsync("challenge", challenge.Url, "{}"u8.ToArray(), cancellationToken);
        await PollAsync(
            "validation",
            authorization,
            answer =>
                answer.Required("status") switch
                {
                    "valid" => true,
                    "pending" or "processing" => false,
                    var other => throw CreateException(answer, other),
                },
            cancellationToken
        );
    }

    /// <summary>Sends the certificate request and returns the leaf, then its chain, as the CA sends it.</summary>
    public async Task<string> FinalizeAsync(AcmeOrder order, byte[] request, CancellationToken cancellationToken)
    {
        var now = await WaitAsync(order, "pending", cancellationToken);
        if (now.Status == "ready")
        {
            var payload = Json(json => json.WriteString("csr"u8, Base64Url.EncodeToString(request)));
            now = ReadOrder(await channel.PostAsync("finalize", now.Finalize, payload, cancellationToken), order.Url);
        }

        now = await WaitAsync(now, "processing", cancellationToken);
        if (now is not { Status: "valid", Certificate: { } certificate })
        {
            throw new AcmeException(AcmeReason.AnswerInvalid, $"order: it stays {Bounded(now.Status)}.");
        }

        return (
            await channel.PostAsync("certificate", certificate, Array.Empty<byte>(), cancellationToken, wantsPem: true)
        ).Text;
    }

    /// <summary>When the CA wants a certificate renewed (RFC 9773 §4); null when it does not offer this.</summary>
    public async Task<RenewalWindow?> RenewalAsync(string certificateId, CancellationToken cancellationToken)
    {
        var known = await DirectoryAsync(cancellationToken);
        if (known.RenewalInfo is not { } url)
        {
            return null;
        }

        var answer = await channel.GetAsync("renewal info", $"{url.TrimEnd('/')}/{certificateId}", cancellationToken);
        var window = answer.Member("suggestedWindow");
        return
            TryTime(answer.Optional(window, "start"), out var start)
            && TryTime(answer.Optional(window, "end"), out var end)
            && start < end
            ? new RenewalWindow(start, end, answer.RetryAfter)
            : throw answer.Invalid("its window is not valid");
    }

    private async Task<AcmeOrder> WaitAsync(AcmeOrder order, string whileStatus, CancellationToken cancellationToken)
    {
        var now = order;
        if (now.Status == whileStatus)
        {
            await PollAsync(
                "order",
                order.Url,
                answer => (now = ReadOrder(answer, order.Url)).Status != whileStatus,
                cancellationToken
            );
        }

        return now;
    }

    private async Task PollAsync(string what, string url, Func<AcmeAnswer, bool> isDone, CancellationToken ct)
    {
        var until = time.GetUtcNow() + PollLimit;
        for (var pause = FirstPoll; ; pause = pause * 2 < LongestPoll ? pause * 2 : LongestPoll)
        {
            var answer = await ReadAsync(what, url, ct);
            if (isDone(answer))
            {
                return;
            }

            var wait = answer.RetryAfter > pause ? answer.RetryAfter.Value : pause;
            if (time.GetUtcNow() + wait > until)
            {
                throw new AcmeException(AcmeReason.TimedOut, $"{what}: the CA did not finish within {PollLimit}.");
            }

            await Task.Delay(wait, time, ct);
        }
    }

    private Task<AcmeAnswer> ReadAsync(string what, string url, CancellationToken ct) =>
        channel.PostAsync(what, url, Array.Empty<byte>(), ct);

    private static AcmeOrder ReadOrder(AcmeAnswer answer, string url)
    {
        var status = answer.Required("status");
        if (status == "invalid")
        {
            var problem = answer.Member("error");
            throw problem.ValueKind == JsonValueKind.Object
                ? AcmeProblem.ToException(answer.What, problem)
                : new AcmeException(AcmeReason.Refused, $"{answer.What}: the CA reports it as invalid.");
        }

        return new AcmeOrder(
            url,
            status,
            Texts(answer, answer.Member("authorizations")),
            answer.Required("finalize"),
            answer.Optional("certificate")
        );
    }

    private static AcmeException CreateException(AcmeAnswer answer, string status)
    {
        var challenges = answer.Member("challenges");
        foreach (var one in challenges.ValueKind == JsonValueKind.Array ? challenges.EnumerateArray() : [])
        {
            if (
                answer.Optional(one, "type") == ChallengeType
                && one.TryGetProperty("error", out var problem)
                && problem.ValueKind == JsonValueKind.Object
            )
            {
                var found = AcmeProblem.ToException("validation", problem);

                // "unauthorized" of a challenge means its answer, not the account (RFC 8555 §6.7).
                return found.Reason == AcmeReason.AccountRefused
                    ? new AcmeException(AcmeReason.IncorrectResponse, found.Message)
                    : found;
            }
        }

        return new AcmeException(AcmeReason.IncorrectResponse, $"validation: the authorization is {Bounded(status)}.");
    }

    // RFC 8555 §7.3.4: the account's public key, under a MAC key that the CA issued elsewhere.
    private string Bind(string url, SecretReference secret)
    {
        byte[] mac;
        try
        {
            mac = Base64Url.DecodeFromChars(secret.Read());
        }
        catch (Exception e) when (e is SecretUnavailableException or FormatException)
        {
            // The exception of a decoder could quote the text.
            var why = e is SecretUnavailableException ? e.Message : $"{secret} is not base64url.";
            throw new AcmeException(AcmeReason.SecretUnavailable, $"account: acme.external_account.hmac_key: {why}");
        }

        var header = Encoding.UTF8.GetString(
            Json(json =>
            {
                json.WriteString("alg"u8, "HS256");
                json.WriteString("kid"u8, settings.ExternalKeyId);
                json.WriteString("url"u8, url);
            })
        );
        try
        {
            return Encoding.ASCII.GetString(
                FlattenedSigner.Sign(
                    header,
                    Encoding.ASCII.GetBytes(key.BareJwk),
                    text => HMACSHA256.HashData(mac, text)
                )
            );
        }
        finally
        {
            CryptographicOperations.ZeroMemory(mac);
        }
    }

    private static List<string> Texts(AcmeAnswer answer, JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var list)
            ? Texts(answer, list)
            : [];

    private static List<string> Texts(AcmeAnswer answer, JsonElement list)
    {
        const int Most = 16; // one name has one authorization, a CA a few names
        if (list.ValueKind != JsonValueKind.Array)
        {
            return [];
        }

        return list.GetArrayLength() <= Most && list.EnumerateArray().All(e => e.ValueKind == JsonValueKind.String)
            ? [.. list.EnumerateArray().Select(e => e.GetString()!)]
            : throw answer.Invalid("a list in it contains other values than strings");
    }

    private static bool TryTime(string? text, out DateTimeOffset instant) =>
        DateTimeOffset.TryParse(
            text,
            System.Globalization.CultureInfo.InvariantCulture,
            System.Globalization.DateTimeStyles.AssumeUniversal,
            out instant
        );

    private static byte[] Json(Action<Utf8JsonWriter> write)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return text.ToArray();
    }

    private static string Bounded(string status) =>
        status.Length <= 32 && status.All(char.IsAsciiLetter) ? status : "?";
}

/// <summary>The URLs of a CA's resources (RFC 8555 §7.1.1, RFC 9773 §4).</summary>
internal sealed record AcmeDirectory
{
    public required string NewNonce { get; init; }

    public required string NewAccount { get; init; }

    public required string NewOrder { get; init; }

    /// <summary>Null when the CA offers no renewal information.</summary>
    public string? RenewalInfo { get; init; }

    /// <summary>The CA's names in CAA records; empty when the directory has none.</summary>
    public required IReadOnlyList<string> CaaIdentities { get; init; }

    public required bool ExternalAccountRequired { get; init; }
}

/// <summary>An order at one moment (RFC 8555 §7.1.3).</summary>
/// <param name="Status"><c>pending</c>, <c>ready</c>, <c>processing</c>, <c>valid</c> or <c>invalid</c>.</param>
/// <param name="Certificate">The certificate's URL; null before it is issued.</param>
internal sealed record AcmeOrder(
    string Url,
    string Status,
    IReadOnlyList<string> Authorizations,
    string Finalize,
    string? Certificate
);
