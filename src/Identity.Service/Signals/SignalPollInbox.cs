using System.Text;
using System.Text.Json;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Signals;

/// <summary>Receives the tokens of a poll's answer as if each had been pushed.</summary>
internal sealed class SignalPollInbox(SignalReceiver receiver, SignalStreamStates states)
{
    public async Task<SignalPollReport> ReceiveAsync(
        Issuer issuer,
        SignalStream stream,
        SignalPollAnswer answer,
        CancellationToken cancellationToken
    )
    {
        var cause = new AuditCause(new AuditActor { Type = SignalStream.ActorType, Id = stream.IssuerId.Value });
        // At once: the journal commits them together.
        var received = await Task.WhenAll(
            answer.Sets.Select(async set =>
                (
                    TokenId: set.Key,
                    Refusal: await receiver.ReceiveAsync(
                        cause,
                        issuer,
                        stream,
                        Encoding.UTF8.GetBytes(ReadToken(set.Value)),
                        set.Key,
                        cancellationToken
                    )
                )
            )
        );
        List<string> accepted = [];
        Dictionary<string, SecurityEventErrorDocument> refused = new(StringComparer.Ordinal);
        Refusal? waiting = null;
        foreach (var (tokenId, refusal) in received)
        {
            if (refusal is null)
            {
                accepted.Add(tokenId);
            }
            else if (refusal.Code.SecurityEventError is { } error)
            {
                refused[tokenId] = new SecurityEventErrorDocument { Err = error, Description = refusal.Message };
                states.Note(stream.IssuerId, refusal);
            }
            else
            {
                waiting = refusal;
            }
        }

        if (waiting is not null)
        {
            states.Note(stream.IssuerId, waiting);
        }

        return new SignalPollReport(accepted, refused, waiting);
    }

    // Empty, which is refused, for another value than a text and for one with half of a surrogate pair.
    private static string ReadToken(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        }
        catch (InvalidOperationException)
        {
            return "";
        }
    }
}
