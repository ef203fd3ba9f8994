using System.Buffers;
using System.IO.Pipelines;
using Culvert.Jose.Json;
using Culvert.Platform.Events;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Policy;

/// <summary>
/// Stands between whatever kind of upstream answers and the client. What need not be looked at passes as it comes; JSON
/// that must is held whole, streams are passed event by event and own no memory while they wait.
/// </summary>
/// <param name="exchange">Whose head tells what the answer is.</param>
/// <param name="inner">Towards the client.</param>
/// <param name="plan">What to look for.</param>
/// <param name="budget">Of all answers that are held.</param>
internal sealed class AnswerFilter(Exchange exchange, PipeWriter inner, AnswerPlan plan, BodyBudget budget)
    : PipeWriter,
        IDisposable
{
    /// <summary>Of one answer or event that must be read.</summary>
    internal const int MaxHeldBytes = 16 * 1024 * 1024;

    // JSON that is known to be no longer is looked at for its outcome, wherever the policy does not need to.
    private const int SmallBytes = 64 * 1024;

    private static readonly FlushResult Going = new(isCanceled: false, isCompleted: false);
    private static readonly FlushResult Over = new(isCanceled: false, isCompleted: true);

    private AnswerHandling handling;
    private HeldAnswer? held;
    private readonly ClientKey owner = ClientKey.FromPerson(exchange);
    private Memory<byte> lent;
    private long reserved;
    private Failure? tooMuch; // why a message was not read; it is not passed where the policy is enforced
    private bool hasBegun; // the first event was seen

    /// <summary>Of the answer's body as the upstream gave it.</summary>
    public long Bytes { get; private set; }

    public int Hidden { get; private set; }

    /// <summary>What lists in it named.</summary>
    public IReadOnlyList<(TargetKind Kind, string Name)> Seen => plan.Filter.Seen;

    public bool? IsError { get; private set; }

    /// <summary>Why the answer must not go on; null while it may.</summary>
    public Failure? Failure { get; private set; }

    /// <summary>True once anything went towards the client, sent or not.</summary>
    public bool HasPassed { get; private set; }

    /// <summary>When the upstream's first byte came; null before it.</summary>
    public long? FirstByteAt { get; private set; }

    public bool IsEventStream => handling == AnswerHandling.Events;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        Begin();
        return handling switch
        {
            AnswerHandling.Pass => inner.GetMemory(sizeHint),
            AnswerHandling.Copy => lent = inner.GetMemory(sizeHint),
            _ => (held ??= new HeldAnswer()).GetMemory(sizeHint),
        };
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        Bytes += bytes;
        HasPassed |= handling is AnswerHandling.Pass or AnswerHandling.Copy;
        switch (handling)
        {
            case AnswerHandling.Pass:
                inner.Advance(bytes);
                break;
            case AnswerHandling.Copy:
                if ((held?.WrittenCount ?? 0) + bytes <= MaxHeldBytes && Reserve(bytes))
                {
                    (held ??= new HeldAnswer()).Write(lent.Span[..bytes]);
                }

                inner.Advance(bytes);
                break;
            default:
                held!.Advance(bytes);
                Failure ??=
                    held.WrittenCount > MaxHeldBytes ? PolicyFailures.AnswerUnreadable
                    : !Reserve(bytes) ? McpFailures.BodiesCrowded
                    : null;
                break;
        }

        if (plan.Enforces && Bytes > plan.MaxBytes)
        {
            Failure ??= PolicyFailures.AnswerTooLarge;
        }
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        Begin();
        if (Failure is not null)
        {
            return new(Over);
        }

        switch (handling)
        {
            case AnswerHandling.Whole:
                return new(Going);
            case AnswerHandling.Events:
                WriteEvents(isAtEnd: false);
                return Failure is null ? inner.FlushAsync(cancellationToken) : new(Over);
            default:
                return inner.FlushAsync(cancellationToken);
        }
    }

    /// <summary>The upstream has said all: what was held goes on, or the reason why not is set.</summary>
    public async ValueTask FinishAsync(CancellationToken cancellationToken)
    {
        switch (handling)
        {
            case AnswerHandling.Whole when Failure is null:
                await FinishWholeAsync(cancellationToken);
                break;
            case AnswerHandling.Copy:
                CountHidden();
                held?.Return();
                break;
            case AnswerHandling.Events:
                await FinishEventsAsync(cancellationToken);
                break;
        }
    }

    /// <summary>Ends a stream with an error for the call, so that the client need not guess.</summary>
    public async ValueTask EndStreamAsync(ReadOnlyMemory<byte> error, CancellationToken cancellationToken)
    {
        inner.Write("data: "u8);
        inner.Write(error.Span);
        inner.Write("\n\n"u8);
        await inner.FlushAsync(cancellationToken);
    }

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null)
    {
        // The server completes its own writer.
    }

    public void Dispose()
    {
        budget.Return(owner, reserved);
        reserved = 0;
        held = null;
    }

    private bool Reserve(int bytes)
    {
        if (!budget.TryReserve(owner, bytes))
        {
            return false;
        }

        reserved += bytes;
        return true;
    }

    // The parts are counted before a tree of them is built, and its memory is reserved for as long as it is used.
    private FilteredMessage Apply(ReadOnlyMemory<byte> json)
    {
        json = Utf8Text.WithoutMark(json);
        var values = JsonValues.Count(json.Span, JsonValues.MostOfAnswer);
        var bytes = (long)values * JsonValues.BytesOfEach;
        if (values > JsonValues.MostOfAnswer || !budget.TryReserve(owner, bytes))
        {
            tooMuch ??= values > JsonValues.MostOfAnswer ? PolicyFailures.AnswerUnreadable : McpFailures.BodiesCrowded;
            return new FilteredMessage(MessageFate.Unreadable, default, 0, null);
        }

        try
        {
            return plan.Filter.Apply(json);
        }
        finally
        {
            budget.Return(owner, bytes);
        }
    }

    private void Begin()
    {
        if (handling != AnswerHandling.Undecided)
        {
            return;
        }

        FirstByteAt = plan.Time.GetTimestamp();
        var headers = exchange.Response.Headers;
        var type = headers.ContentType.ToString();
        var isEvents = EventStream.IsNamedBy(type);
        var isJson = IsJson;
        var isEncoded = headers.ContentEncoding.Count > 0 && headers.ContentEncoding.ToString() != "identity";
        var mustLook = plan.HasLists || plan.LooksForAsks;
        if (!plan.Enforces)
        {
            handling = mustLook && !isEncoded && (isJson || isEvents) ? AnswerHandling.Copy : AnswerHandling.Pass;
            return;
        }

        if (isEvents ? isEncoded : isEncoded && mustLook)
        {
            (handling, Failure) = (AnswerHandling.Refused, PolicyFailures.AnswerUnreadable);
        }
        else if (headers.ContentLength > plan.MaxBytes)
        {
            (handling, Failure) = (AnswerHandling.Refused, PolicyFailures.AnswerTooLarge);
        }
        else if (isEvents)
        {
            handling = AnswerHandling.Events;
            headers.ContentLength = null;
        }
        else
        {
            // Of any type and however it is framed: some clients read every answer but event streams as JSON.
            handling =
                mustLook || (isJson && headers.ContentLength <= SmallBytes && !isEncoded)
                    ? AnswerHandling.Whole
                    : AnswerHandling.Pass;
        }
    }

    private async ValueTask FinishWholeAsync(CancellationToken cancellationToken)
    {
        var body = held?.WrittenMemory ?? default;
        // Clients that decode text do not see a byte-order mark, so what is behind it is judged (RFC 8259 §8.1).
        var filtered = Apply(body);
        (Hidden, IsError) = (filtered.Hidden, filtered.IsError);
        Refuse(filtered);
        switch (filtered.Fate)
        {
            case MessageFate.Unreadable when tooMuch is not null:
                Failure = tooMuch;
                return;
            // An error page of the server's, or an answer without a body.
            case MessageFate.Unreadable when body.IsEmpty || exchange.Response.StatusCode >= 400:
            case MessageFate.Unreadable when !plan.HasLists && (!plan.LooksForAsks || IsNoMessage(body.Span)):
            case MessageFate.Keep:
                break;
            case MessageFate.Replace:
                body = filtered.Replacement;
                Describe(body.Length);
                break;
            default:
                Failure = PolicyFailures.AnswerUnreadable;
                return;
        }

        if (!body.IsEmpty)
        {
            inner.Write(body.Span);
        }

        held?.Return();
        await inner.FlushAsync(cancellationToken);
    }

    // A page or a word, in whatever encoding: messages are objects or arrays.
    private bool IsNoMessage(ReadOnlySpan<byte> body) =>
        exchange.Response.Headers.ContentType.Count > 0 && !IsJson && !body.ContainsAny((byte)'{', (byte)'[');

    private bool IsJson =>
        exchange.Response.Headers.ContentType.ToString().Contains("json", StringComparison.OrdinalIgnoreCase);

    // What the head says of the body is no longer true of another one.
    private void Describe(int length)
    {
        var headers = exchange.Response.Headers;
        if (headers.ContentLength is not null)
        {
            headers.ContentLength = length;
        }

        foreach (var name in new[] { "ETag", "Content-Digest", "Repr-Digest", "Digest", "Content-MD5" })
        {
            headers.Remove(name);
        }
    }

    // What is left of an event that never ended is dropped, as by every client (HTML Standard §9.2.6).
    private async ValueTask FinishEventsAsync(CancellationToken cancellationToken)
    {
        if (held is null)
        {
            return;
        }

        if (Failure is null)
        {
            WriteEvents(isAtEnd: true);
            await inner.FlushAsync(cancellationToken);
        }

        held?.Return();
    }

    private void WriteEvents(bool isAtEnd)
    {
        if (held is null)
        {
            return;
        }

        var stream = held.WrittenMemory;
        if (!hasBegun && stream.Length < Utf8Text.Mark.Length && Utf8Text.Mark.StartsWith(stream.Span))
        {
            return;
        }

        if (!hasBegun)
        {
            stream = Utf8Text.WithoutMark(stream);
            hasBegun = true;
        }

        while (EventReader.GetFirstLength(stream.Span, isAtEnd) is var length and > 0)
        {
            WriteEvent(stream[..length]);
            stream = stream[length..];
        }

        BufferRest(stream.Length);
    }

    private void WriteEvent(ReadOnlyMemory<byte> whole)
    {
        var data = EventReader.GetData(whole);
        if (data.IsEmpty)
        {
            inner.Write(whole.Span); // a comment, a priming event, a delay for reconnecting
            return;
        }

        var filtered = Apply(data);
        Hidden += filtered.Hidden;
        IsError = filtered.IsError ?? IsError;
        Refuse(filtered);
        switch (filtered.Fate)
        {
            case MessageFate.Keep:
                inner.Write(whole.Span);
                break;
            case MessageFate.Replace:
                inner.Write(EventReader.With(whole.Span, filtered.Replacement.Span));
                break;
            default:
                Failure ??= tooMuch;
                inner.Write(EventReader.With(whole.Span, default));
                break;
        }
    }

    // A server that asks waits for an answer, and the client does not know of it.
    private void Refuse(FilteredMessage filtered)
    {
        foreach (var id in filtered.Unanswered)
        {
            plan.Refuse?.Invoke(id);
        }
    }

    private void BufferRest(int length)
    {
        budget.Return(owner, reserved - length);
        reserved = length;
        if (length == 0)
        {
            held!.Return();
            held = null;
            return;
        }

        held!.Skip(held.WrittenCount - length);
    }

    // What enforcing would have hidden.
    private void CountHidden()
    {
        var seen = held?.WrittenMemory ?? default;
        if (!EventStream.IsNamedBy(exchange.Response.Headers.ContentType.ToString()))
        {
            var filtered = Apply(seen);
            (Hidden, IsError) = (filtered.Hidden, filtered.IsError);
            return;
        }

        while (EventReader.GetFirstLength(seen.Span, isAtEnd: true) is var length and > 0)
        {
            var data = EventReader.GetData(seen[..length]);
            if (!data.IsEmpty)
            {
                var filtered = Apply(data);
                Hidden += filtered.Hidden;
                IsError = filtered.IsError ?? IsError;
            }

            seen = seen[length..];
        }
    }
}
