using System.Net.Security;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.SignIn;

/// <summary>
/// A person proves who they are in a browser, on any device, and this program gets the identity provider's token
/// (RFC 8628). Nothing is followed but what the provider's own metadata names, on https alone.
/// </summary>
internal sealed class DeviceSignIn : IDisposable
{
    private const string Grant = "urn:ietf:params:oauth:grant-type:device_code";
    private const int MaxAnswerBytes = 256 * 1024;

    private static readonly TimeSpan LongestLife = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan UsualInterval = TimeSpan.FromSeconds(5); // RFC 8628 §3.2 and §3.5
    private static readonly TimeSpan LongestInterval = TimeSpan.FromMinutes(1);

    private readonly DeviceProvider provider;
    private readonly CliHost host;
    private readonly HttpClient http;

    public DeviceSignIn(DeviceProvider provider, TimeSpan timeout, CliHost host)
    {
        (this.provider, this.host) = (provider, host);
        http = new HttpClient(
            new SocketsHttpHandler
            {
                UseProxy = false, // as to the service: proxy variables are for other programs
                AllowAutoRedirect = false,
                UseCookies = false,
                SslOptions = provider.CaFile is { } file
                    ? ServerTrust.TrustingFile(file)
                    : new SslClientAuthenticationOptions(),
            }
        )
        {
            Timeout = timeout,
            MaxResponseContentBufferSize = MaxAnswerBytes,
        };
    }

    /// <summary>Shows the code, waits for the person, and gives the token that is to be exchanged.</summary>
    public async Task<string> RunAsync(CancellationToken cancel)
    {
        var (devices, tokens) = await DescribeAsync(cancel);
        var code = await AskAsync(devices, cancel);
        await host.Error.WriteLineAsync(
            $"Open {CellText.Safe(code.UrlWithCode ?? code.Url)} and confirm the code {CellText.Safe(code.UserCode)}.".AsMemory(),
            cancel
        );
        return await PollAsync(tokens, code, cancel);
    }

    public void Dispose() => http.Dispose();

    // OpenID Connect Discovery §4.3: the document must be its issuer's own.
    private async Task<(Uri Devices, Uri Tokens)> DescribeAsync(CancellationToken cancel)
    {
        var url = new Uri(provider.Issuer.AbsoluteUri.TrimEnd('/') + "/.well-known/openid-configuration");
        var (status, document) = await SendAsync(new HttpRequestMessage(HttpMethod.Get, url), cancel);
        if (status != 200 || document is null)
        {
            throw Failed(ExitCode.Unreachable, $"its metadata was answered with {status}", url);
        }

        if (document.Text("issuer")?.TrimEnd('/') != provider.Issuer.AbsoluteUri.TrimEnd('/'))
        {
            throw Failed(ExitCode.Refused, "its metadata is that of another issuer", url);
        }

        return (
            EndpointOf(document, "device_authorization_endpoint", url),
            EndpointOf(document, "token_endpoint", url)
        );
    }

    private static Uri EndpointOf(JsonNode document, string member, Uri source) =>
        Uri.TryCreate(document.Text(member), UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps
            ? url
            : throw Failed(ExitCode.Refused, $"its metadata has no {member} with https", source);

    private async Task<DeviceCode> AskAsync(Uri url, CancellationToken cancel)
    {
        var form = new Dictionary<string, string> { ["client_id"] = provider.ClientId, ["scope"] = "openid" };
        if (provider.Audience is { } audience)
        {
            form["resource"] = audience;
        }

        var (status, answer) = await SendAsync(Post(url, form), cancel);
        if (status != 200)
        {
            throw Failed(ExitCode.Refused, $"it gives no code: {ReasonOf(status, answer)}", url);
        }

        return
            answer is not null
            && answer.Text("device_code") is { Length: > 0 } code
            && answer.Text("user_code") is { Length: > 0 } user
            && answer.Text("verification_uri") is { Length: > 0 } page
            ? new DeviceCode(
                code,
                user,
                page,
                answer.Text("verification_uri_complete"),
                Bounded(SecondsOf(answer, "expires_in") ?? LongestLife, LongestLife),
                Bounded(SecondsOf(answer, "interval") ?? UsualInterval, LongestInterval)
            )
            : throw Failed(ExitCode.Refused, "its answer holds no code", url);
    }

    private async Task<string> PollAsync(Uri url, DeviceCode code, CancellationToken cancel)
    {
        var end = host.Time.GetUtcNow() + code.Life;
        var interval = code.Interval;
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = Grant,
            ["device_code"] = code.Code,
            ["client_id"] = provider.ClientId,
        };
        while (host.Time.GetUtcNow() + interval < end)
        {
            await Task.Delay(interval, host.Time, cancel);
            int status;
            JsonNode? answer;
            try
            {
                (status, answer) = await SendAsync(Post(url, form), cancel);
            }
            catch (CommandFailure lost) when (lost.ExitCode == ExitCode.Unreachable)
            {
                // RFC 8628 §3.5: a poll that was lost means fewer of them.
                interval = Bounded(interval * 2, LongestInterval);
                continue;
            }

            if (status == 200)
            {
                var member = provider.Audience is null ? "id_token" : "access_token";
                return answer?.Text(member) is { Length: > 0 } token
                    ? token
                    : throw Failed(ExitCode.Refused, $"its answer holds no {member}", url);
            }

            switch (answer?.Text("error"))
            {
                case "authorization_pending":
                    break;
                case "slow_down":
                    interval = Bounded(interval + UsualInterval, LongestInterval);
                    break;
                case "access_denied":
                    throw Failed(ExitCode.Refused, "somebody refused it there", url);
                case "expired_token":
                    throw Expired(url);
                default:
                    throw Failed(ExitCode.Refused, $"it gives no token: {ReasonOf(status, answer)}", url);
            }
        }

        throw Expired(url);
    }

    private static HttpRequestMessage Post(Uri url, Dictionary<string, string> form) =>
        new(HttpMethod.Post, url) { Content = new FormUrlEncodedContent(form) };

    private async Task<(int Status, JsonNode? Answer)> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        using (request)
        {
            request.Headers.Accept.ParseAdd("application/json");
            try
            {
                using var answer = await http.SendAsync(request, cancel);
                var body = await answer.Content.ReadAsStringAsync(cancel);
                return ((int)answer.StatusCode, Parse(body));
            }
            catch (Exception fault) when (ManagementClient.IsUnreachable(fault, cancel))
            {
                throw new CommandFailure(
                    ExitCode.Unreachable,
                    $"the identity provider cannot be reached: {fault.Message}",
                    fault
                )
                {
                    Where = request.RequestUri!.GetLeftPart(UriPartial.Path),
                    Next = "check --issuer and --issuer-ca-file",
                };
            }
        }
    }

    private static JsonNode? Parse(string body)
    {
        try
        {
            return JsonNode.Parse(body) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // RFC 6749 §5.2: a code of a closed list and a sentence, neither of which may hold a secret.
    private static string ReasonOf(int status, JsonNode? answer) =>
        CellText.Safe(
            string.Join(
                ", ",
                new[] { $"{status}", answer?.Text("error"), answer?.Text("error_description") }.OfType<string>()
            )
        );

    private static TimeSpan? SecondsOf(JsonNode answer, string member) =>
        answer[member] is JsonValue value && value.TryGetValue(out double seconds) && seconds is >= 0 and < 1e6
            ? TimeSpan.FromSeconds(seconds)
            : null;

    private static TimeSpan Bounded(TimeSpan value, TimeSpan longest) => value < longest ? value : longest;

    private static CommandFailure Expired(Uri url) =>
        new(ExitCode.TryAgain, "nobody confirmed the code in time")
        {
            Where = url.GetLeftPart(UriPartial.Path),
            Next = "run the command again",
        };

    private static CommandFailure Failed(int exitCode, string why, Uri url) =>
        new(exitCode, $"the identity provider does not sign in: {why}")
        {
            Where = url.GetLeftPart(UriPartial.Path),
            Next = "the client must be registered there as a public one with the device grant (RFC 8628)",
        };
}
