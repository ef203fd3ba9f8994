using System.Text.Json;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Platform.Fetching;

namespace Culvert.Identity.Service.Signals;

/// <summary>Sends a poll to a transmitter, with the roots and allowed targets of the identity provider.</summary>
internal sealed class SignalPollClient(IIssuerFetcher fetcher, SignalPollTokens tokens)
{
    /// <summary>The most tokens in an answer.</summary>
    public const int MaxEvents = 100;

    public const int MaxAnswerBytes = 1024 * 1024;

    private const string Field = "poll_url";

    /// <summary>The request of the stream's poll without its content, to check what may be reached.</summary>
    public static IssuerFetch ToFetch(Issuer issuer, SignalStream stream) =>
        new(new Uri(stream.PollUrl!), Field, stream.ToTransmitter(issuer)) { MaxBytes = MaxAnswerBytes };

    /// <summary>The answer, or why there is none.</summary>
    public async Task<(SignalPollAnswer? Answer, SignalPollFailure? Failure)> PollAsync(
        Issuer issuer,
        SignalStream stream,
        SignalPollRequest request,
        CancellationToken cancellationToken
    )
    {
        var content = JsonSerializer.SerializeToUtf8Bytes(request, SignalPollJson.Default.SignalPollRequest);
        var post = new FetchPost(
            content,
            "application/json",
            tokens.Unseal(stream) is { } token ? [new("Authorization", $"Bearer {token}")] : []
        )
        {
            // What answers a report is not read, so that 202 and 204 are as good as 200.
            WantsDocument = request.MaxEvents > 0,
        };
        var fetched = await fetcher.GetAsync(ToFetch(issuer, stream) with { Post = post }, cancellationToken);
        if (fetched.Body is not { } body)
        {
            return (
                null,
                new SignalPollFailure(fetched.Failure!, fetched.RetryAfter) { IsTooLarge = fetched.IsTooLarge }
            );
        }

        if (request.MaxEvents == 0)
        {
            return (SignalPollAnswer.Empty, null);
        }

        return Read(body) switch
        {
            null => Fail("the answer is not that of a poll (RFC 8936)."),
            { Sets.Count: > MaxEvents } => Fail($"the answer has more than {MaxEvents} tokens."),
            var answer => (answer, null),
        };
    }

    private static SignalPollAnswer? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body.Span, SignalPollJson.Default.SignalPollAnswer);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static (SignalPollAnswer?, SignalPollFailure) Fail(string reason) =>
        (null, new SignalPollFailure($"{Field}: {reason}"));
}
