using System.Net;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Output;
using Culvert.Platform.OAuth;
using Duende.IdentityModel;
using Duende.IdentityModel.Client;

namespace Culvert.Identity.Cli.SignIn;

/// <summary>Authenticates a person in a browser on any device and gets the identity provider's token (RFC 8628).</summary>
internal sealed class DeviceSignIn(SignInProvider provider, TimeSpan timeout, CliHost host) : IPersonSignIn
{
    private static readonly TimeSpan LongestLife = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan UsualInterval = TimeSpan.FromSeconds(5); // RFC 8628 §3.2 and §3.5
    private static readonly TimeSpan LongestInterval = TimeSpan.FromMinutes(1);

    private readonly ProviderClient client = new(provider, "the device grant (RFC 8628)", timeout);

    public async Task<string> RunAsync(CancellationToken cancel)
    {
        using var metadata = await client.DescribeAsync(cancel);
        var devices = client.GetEndpoint(metadata, OidcConstants.Discovery.DeviceAuthorizationEndpoint);
        var tokens = client.GetEndpoint(metadata, OidcConstants.Discovery.TokenEndpoint);
        var code = await RequestCodeAsync(devices, cancel);
        await host.Error.WriteLineAsync(
            $"Open {CellText.Safe(code.UrlWithCode ?? code.Url)} and confirm the code {CellText.Safe(code.UserCode)}.".AsMemory(),
            cancel
        );
        return await PollAsync(tokens, code, cancel);
    }

    public void Dispose() => client.Dispose();

    private async Task<DeviceCode> RequestCodeAsync(Uri url, CancellationToken cancel)
    {
        using var request = new DeviceAuthorizationRequest
        {
            RequestUri = url,
            Scope = client.Scope,
            Parameters = client.Common,
        };
        using var answer = await client.AskAsync(
            url,
            http => http.RequestDeviceAuthorizationAsync(request, cancel),
            cancel
        );
        if (answer.HttpStatusCode != HttpStatusCode.OK)
        {
            throw client.Failed(ExitCode.Refused, $"it returned no code: {ProviderClient.FormatReason(answer)}", url);
        }

        return
            answer.Text(OidcConstants.DeviceAuthorizationResponse.DeviceCode) is { Length: > 0 } code
            && answer.Text(OidcConstants.DeviceAuthorizationResponse.UserCode) is { Length: > 0 } user
            && answer.Text(OidcConstants.DeviceAuthorizationResponse.VerificationUri) is { Length: > 0 } page
            ? new DeviceCode(
                code,
                user,
                page,
                answer.Text(OidcConstants.DeviceAuthorizationResponse.VerificationUriComplete),
                Bounded(answer.ExpiresIn, LongestLife, LongestLife),
                Bounded(answer.Interval, UsualInterval, LongestInterval)
            )
            : throw client.Failed(ExitCode.Refused, "its response contains no code", url);
    }

    private async Task<string> PollAsync(Uri url, DeviceCode code, CancellationToken cancel)
    {
        var end = host.Time.GetUtcNow() + code.Life;
        var interval = code.Interval;
        while (host.Time.GetUtcNow() + interval < end)
        {
            await Task.Delay(interval, host.Time, cancel);
            using var answer = await PollOnceAsync(url, code, cancel);
            if (answer is null)
            {
                // RFC 8628 §3.5: after a poll that timed out, poll less often.
                interval = Bounded(interval * 2, LongestInterval);
                continue;
            }

            if (answer.HttpStatusCode == HttpStatusCode.OK)
            {
                return client.GetToken(answer, url);
            }

            switch (answer.Text(OidcConstants.TokenResponse.Error))
            {
                case OidcConstants.TokenErrors.AuthorizationPending:
                    break;
                case OidcConstants.TokenErrors.SlowDown:
                    interval = Bounded(interval + UsualInterval, LongestInterval);
                    break;
                case OidcConstants.TokenErrors.AccessDenied:
                    throw client.Denied(url);
                case OidcConstants.TokenErrors.ExpiredToken:
                    throw Expired(url);
                default:
                    throw client.Failed(
                        ExitCode.Refused,
                        $"it returned no token: {ProviderClient.FormatReason(answer)}",
                        url
                    );
            }
        }

        throw Expired(url);
    }

    private async Task<TokenResponse?> PollOnceAsync(Uri url, DeviceCode code, CancellationToken cancel)
    {
        using var request = new DeviceTokenRequest
        {
            RequestUri = url,
            DeviceCode = code.Code,
            Parameters = client.Common,
        };
        try
        {
            return await client.AskAsync(url, http => http.RequestDeviceTokenAsync(request, cancel), cancel);
        }
        catch (CommandFailure lost) when (lost.ExitCode == ExitCode.Unreachable)
        {
            return null;
        }
    }

    private static TimeSpan Bounded(int? seconds, TimeSpan otherwise, TimeSpan longest) =>
        Bounded(seconds is { } said and >= 0 ? TimeSpan.FromSeconds(said) : otherwise, longest);

    private static TimeSpan Bounded(TimeSpan value, TimeSpan longest) => value < longest ? value : longest;

    private static CommandFailure Expired(Uri url) => ProviderClient.Expired("the code was not confirmed in time", url);
}
