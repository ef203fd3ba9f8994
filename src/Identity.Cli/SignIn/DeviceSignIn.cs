using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.SignIn;

/// <summary>
/// A person proves who they are in a browser, on any device, and this program gets the identity provider's token
/// (RFC 8628).
/// </summary>
internal sealed class DeviceSignIn(SignInProvider provider, TimeSpan timeout, CliHost host) : IPersonSignIn
{
    private const string Grant = "urn:ietf:params:oauth:grant-type:device_code";

    private static readonly TimeSpan LongestLife = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan UsualInterval = TimeSpan.FromSeconds(5); // RFC 8628 §3.2 and §3.5
    private static readonly TimeSpan LongestInterval = TimeSpan.FromMinutes(1);

    private readonly ProviderClient client = new(provider, "the device grant (RFC 8628)", timeout);

    public async Task<string> RunAsync(CancellationToken cancel)
    {
        var metadata = await client.DescribeAsync(cancel);
        var devices = client.EndpointOf(metadata, "device_authorization_endpoint");
        var tokens = client.EndpointOf(metadata, "token_endpoint");
        var code = await AskAsync(devices, cancel);
        await host.Error.WriteLineAsync(
            $"Open {CellText.Safe(code.UrlWithCode ?? code.Url)} and confirm the code {CellText.Safe(code.UserCode)}.".AsMemory(),
            cancel
        );
        return await PollAsync(tokens, code, cancel);
    }

    public void Dispose() => client.Dispose();

    private async Task<DeviceCode> AskAsync(Uri url, CancellationToken cancel)
    {
        var (status, answer) = await client.PostAsync(url, client.Form(("scope", "openid")), cancel);
        if (status != 200)
        {
            throw client.Failed(ExitCode.Refused, $"it gives no code: {ProviderClient.ReasonOf(status, answer)}", url);
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
            : throw client.Failed(ExitCode.Refused, "its answer holds no code", url);
    }

    private async Task<string> PollAsync(Uri url, DeviceCode code, CancellationToken cancel)
    {
        var end = host.Time.GetUtcNow() + code.Life;
        var interval = code.Interval;
        var form = client.Form(("grant_type", Grant), ("device_code", code.Code));
        while (host.Time.GetUtcNow() + interval < end)
        {
            await Task.Delay(interval, host.Time, cancel);
            int status;
            JsonNode? answer;
            try
            {
                (status, answer) = await client.PostAsync(url, form, cancel);
            }
            catch (CommandFailure lost) when (lost.ExitCode == ExitCode.Unreachable)
            {
                // RFC 8628 §3.5: a poll that was lost means fewer of them.
                interval = Bounded(interval * 2, LongestInterval);
                continue;
            }

            if (status == 200)
            {
                return client.TokenOf(answer, url);
            }

            switch (answer?.Text("error"))
            {
                case "authorization_pending":
                    break;
                case "slow_down":
                    interval = Bounded(interval + UsualInterval, LongestInterval);
                    break;
                case "access_denied":
                    throw client.Denied(url);
                case "expired_token":
                    throw Expired(url);
                default:
                    throw client.Failed(
                        ExitCode.Refused,
                        $"it gives no token: {ProviderClient.ReasonOf(status, answer)}",
                        url
                    );
            }
        }

        throw Expired(url);
    }

    private static TimeSpan? SecondsOf(JsonNode answer, string member) =>
        answer[member] is JsonValue value && value.TryGetValue(out double seconds) && seconds is >= 0 and < 1e6
            ? TimeSpan.FromSeconds(seconds)
            : null;

    private static TimeSpan Bounded(TimeSpan value, TimeSpan longest) => value < longest ? value : longest;

    private static CommandFailure Expired(Uri url) => ProviderClient.Expired("nobody confirmed the code in time", url);
}
