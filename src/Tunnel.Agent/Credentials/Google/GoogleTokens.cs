using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Culvert.Platform.Fetching;

namespace Culvert.Tunnel.Agent.Credentials.Google;

/// <summary>
/// Exchanges the agent's assertion for a token of Google Cloud (workload identity federation), and that token for one of
/// a service account.
/// </summary>
internal sealed class GoogleTokens(
    GoogleSettings settings,
    IAssertionSource assertions,
    CloudEndpoint endpoint,
    TimeProvider time
)
{
    private const string Accept = "application/json";
    private static readonly TimeSpan Life = TimeSpan.FromHours(1);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(12);

    /// <summary>
    /// The service account; without one the provider, whose own mapping decides the name of the federated principal.
    /// </summary>
    public string Identity => settings.ServiceAccount.Length > 0 ? settings.ServiceAccount : settings.Audience;

    public async Task<IssuedToken> RequestAsync()
    {
        // By default a provider takes its own resource name as the audience, as an https URL.
        var assertion = await assertions.GetAsync($"https:{settings.Audience}", CancellationToken.None);
        if (assertion.Problem.Length > 0)
        {
            return assertion;
        }

        var federated = await ExchangeAsync(assertion.Value);
        return federated.Problem.Length > 0 || settings.ServiceAccount.Length == 0
            ? federated
            : await ActAsync(federated.Value);
    }

    private async Task<IssuedToken> ExchangeAsync(string assertion)
    {
        var body = await new FormUrlEncodedContent([
            new("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            new("audience", settings.Audience),
            new(
                "scope",
                settings.ServiceAccount.Length > 0 ? GoogleSettings.CloudPlatform : string.Join(' ', settings.Scopes)
            ),
            new("requested_token_type", "urn:ietf:params:oauth:token-type:access_token"),
            new("subject_token_type", "urn:ietf:params:oauth:token-type:jwt"),
            new("subject_token", assertion),
        ]).ReadAsByteArrayAsync();
        var fetched = await endpoint.PostAsync(
            settings.TokenUrl,
            "credentials.google.token_url",
            Accept,
            new FetchPost(body, "application/x-www-form-urlencoded", [])
        );
        if (Check(fetched, settings.TokenUrl, isAccount: false, out var answer) is { } failed)
        {
            return failed;
        }

        return answer.FindPositive("expires_in") is { } seconds
            ? Issue(
                answer.FindText("access_token"),
                TimeSpan.FromSeconds(Math.Min(seconds, Longest.TotalSeconds)),
                settings.TokenUrl
            )
            : NotAToken(settings.TokenUrl);
    }

    private async Task<IssuedToken> ActAsync(string federated)
    {
        var isId = settings.IdTokenAudience.Length > 0;
        var url =
            $"{settings.IamUrl.TrimEnd('/')}/v1/projects/-/serviceAccounts/{Uri.EscapeDataString(settings.ServiceAccount)}"
            + (isId ? ":generateIdToken" : ":generateAccessToken");
        var fetched = await endpoint.PostAsync(
            url,
            "credentials.google.iam_url",
            Accept,
            new FetchPost(
                isId ? WriteIdRequest() : WriteAccessRequest(),
                "application/json",
                [new("Authorization", $"Bearer {federated}")]
            )
        );
        if (Check(fetched, url, isAccount: true, out var answer) is { } failed)
        {
            return failed;
        }

        var token = answer.FindText(isId ? "token" : "accessToken");
        var ends = isId ? ReadExpiry(token) : ReadTime(answer.FindText("expireTime"));
        return ends is { } end ? Issue(token, end - time.GetUtcNow(), url) : NotAToken(url);
    }

    private IssuedToken? Check(FetchResult fetched, string url, bool isAccount, out GoogleAnswer answer)
    {
        answer = null!;
        if (!fetched.IsSuccess)
        {
            return endpoint.Failed(fetched.Detail);
        }

        var read = GoogleAnswer.Read(fetched.Body);
        if (fetched.Status != HttpStatusCode.OK)
        {
            return endpoint.Failed(
                read is { ErrorCode: { Length: > 0 } code }
                    ? GoogleProblems.Describe(code, settings, isAccount)
                    : $"{new Uri(url).Host} answered with status {(int)fetched.Status!}, and not as Google does. "
                        + "Check google.token_url and google.iam_url."
            );
        }

        if (read is null)
        {
            return NotAToken(url);
        }

        answer = read;
        return null;
    }

    private IssuedToken Issue(string token, TimeSpan life, string url) =>
        !IssuedToken.IsToken(token) ? NotAToken(url)
        : life <= TimeSpan.Zero
            ? endpoint.Failed("Google gave a token that has already expired. Check the clock of this host.")
        : new IssuedToken(token, time.GetUtcNow() + (life > Longest ? Longest : life), "");

    private IssuedToken NotAToken(string url) =>
        endpoint.Failed(
            $"{new Uri(url).Host} did not answer with a token of Google. Check google.token_url and google.iam_url."
        );

    private static DateTimeOffset? ReadTime(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            ? moment
            : null;

    // The agent relays the token over TLS to its audience, and needs only its exp.
    private static DateTimeOffset? ReadExpiry(string token)
    {
        try
        {
            return
                token.Split('.') is [_, var claims, _]
                && GoogleAnswer.Read(Base64Url.DecodeFromChars(claims))?.FindPositive("exp") is { } seconds
                && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
                ? DateTimeOffset.FromUnixTimeSeconds(seconds)
                : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private ReadOnlyMemory<byte> WriteAccessRequest() =>
        Write(json =>
        {
            json.WriteStartArray("scope");
            foreach (var scope in settings.Scopes)
            {
                json.WriteStringValue(scope);
            }

            json.WriteEndArray();
            json.WriteString("lifetime", $"{(int)Life.TotalSeconds}s");
        });

    private ReadOnlyMemory<byte> WriteIdRequest() =>
        Write(json =>
        {
            json.WriteString("audience", settings.IdTokenAudience);
            json.WriteBoolean("includeEmail", true);
        });

    private static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> members)
    {
        var body = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return body.WrittenMemory;
    }
}
