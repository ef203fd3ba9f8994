using System.Net;
using System.Text.Json;
using Culvert.Platform.Net;
using Culvert.Platform.Timing;

namespace Culvert.Machine.Client.Tokens.Detection;

/// <summary>Requests to the platform: no proxy, no redirects, 10 s, 64 KiB. No error message contains an answer.</summary>
internal static class PlatformHttp
{
    private const int MaxAnswerBytes = 64 * 1024;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>Returns the body of an answer with status 200.</summary>
    /// <exception cref="IdentityTokenException">Any other result.</exception>
    public static async Task<string> SendAsync(
        HttpRequestMessage request,
        string detector,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        using var limit = new TimeLimit(Timeout, time, cancellationToken);
        using var handler = OutboundHttp.CreateHandler();
        handler.ConnectTimeout = TimeSpan.FromSeconds(5);
        using var client = new HttpClient(handler)
        {
            Timeout = System.Threading.Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = MaxAnswerBytes,
        };
        try
        {
            using var response = await client.SendAsync(request, limit.Token);
            return response.StatusCode == HttpStatusCode.OK
                ? await response.Content.ReadAsStringAsync(limit.Token)
                : throw IdentityTokenException.OfDetector(
                    detector,
                    $"{request.RequestUri!.Authority} answered {(int)response.StatusCode}."
                );
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw IdentityTokenException.OfDetector(
                detector,
                $"{request.RequestUri!.Authority} did not respond within {Timeout.TotalSeconds} s."
            );
        }
        catch (HttpRequestException e)
        {
            throw IdentityTokenException.OfDetector(
                detector,
                $"{request.RequestUri!.Authority} cannot be reached ({e.HttpRequestError})."
            );
        }
    }

    /// <summary>Returns a string member of a JSON object.</summary>
    /// <exception cref="IdentityTokenException">The member is missing.</exception>
    public static string Member(string json, string name, string detector)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (
                document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty(name, out var member)
                && member.ValueKind == JsonValueKind.String
            )
            {
                return member.GetString()!;
            }
        }
        catch (JsonException)
        {
            // Reported below: the exception's message could quote the answer.
        }

        throw IdentityTokenException.OfDetector(detector, $"the response has no {name}.");
    }

    /// <summary>Whether a URL stays on this machine: loopback or a link-local address.</summary>
    public static bool IsLocal(Uri url) =>
        url.IsLoopback
        || (
            IPAddress.TryParse(url.Host, out var address)
            && (address.IsIPv6LinkLocal || address.GetAddressBytes() is [169, 254, _, _])
        );
}
