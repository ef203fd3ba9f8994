using System.Buffers;
using System.IO.Pipelines;
using Culvert.Jose.Json;
using Culvert.Platform.Events;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Policy.Answers;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Policy;

/// <summary>
/// Filters an upstream's answer on its way to the client. JSON that must be checked is buffered whole; streams are
/// checked event by event and use no memory while they wait.
/// </summary>
/// <param name="budget">The memory for all buffered answers.</param>
internal sealed class AnswerFilter(Exchange exchange, PipeWriter inner, AnswerPlan plan, BodyBudget budget)
    : PipeWriter,
        IDisposable
{
    /// <summary>The size limit of a single answer or event that must be read.</summary>
    internal const int MaxHeldBytes = 16 * 1024 * 1024;

    // JSON whose known length is at most this is read for its outcome, even if the policy does not need to.
    private const int SmallBytes = 64 * 1024;

    private static readonly FlushResult Going = new(isCanceled: false, isCompleted: false);
    private static readonly FlushResult Over = new(isCanceled: false, isCompleted: true);

    private AnswerHandling handling;
    private HeldAnswer? held;
    private readonly ClientKey owner = ClientKey.FromPerson(exchange);
    private Memory<byte> lent;
    private long reserved;
    private Failure? tooMuch; // why a message was not read; in enforce mode it is not passed on
    private bool hasBegun; // whether the first event was seen

    public long Bytes { get; private set; }

    public int Hidden { get; private set; }

    public IReadOnlyList<SeenName> Seen => plan.Filter.Seen;

    public bool? IsError { get; private set; }

    public AnswerJudge? Judge => plan.Judge;

    /// <summary>Describes the answer for the record; null: its shape is not recorded.</summary>
    public ShapeReader? ShapeReader { get; init; }

    private Failure? Failure
    {
        get => exchange.AnswerFailure;
        set => exchange.AnswerFailure = value;
    }

    /// <summary>True once any byte was written towards the client, even if it is not sent yet.</summary>
    public bool HasPassed { get; private set; }

    public long? FirstByteAt { get; private set; }

    public bool IsEventStream =>
        handling == AnswerHandling.Events || (handling == AnswerHandling.Judge && plan.Judge!.IsEventStream);

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
                ShapeReader?.Read(lent.Span[..bytes]);
                plan.Judge?.Read(lent.Span[..bytes]);
                if (MustRead && (held?.WrittenCount ?? 0) + bytes <= MaxHeldBytes && Reserve(bytes))
                {
                    (held ??= new HeldAnswer()).Write(lent.Span[..bytes]);
                }

                inner.Advance(bytes);
                break;
            case AnswerHandling.Judge:
                held!.Advance(bytes);
                ShapeReader?.Read(held.WrittenMemory.Span[^bytes..]);
                ReadJudged();
                break;
            default:
                held!.Advance(bytes);
                ShapeReader?.Read(held.WrittenMemory.Span[^bytes..]);
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
            case AnswerHandling.Judge:
                return IsEventStream ? FlushJudgedAsync(cancellationToken) : new(Going);
            case AnswerHandling.Events:
                WriteEvents(isAtEnd: false);
                return Failure is null ? inner.FlushAsync(cancellationToken) : new(Over);
            default:
                return inner.FlushAsync(cancellationToken);
        }
    }

    /// <summary>Called after the upstream's last byte: passes on buffered bytes, or sets <see cref="Failure"/>.</summary>
    public async ValueTask FinishAsync(CancellationToken cancellationToken)
    {
        switch (handling)
        {
            case AnswerHandling.Whole when Failure is null:
                await FinishWholeAsync(cancellationToken);
                break;
            case AnswerHandling.Copy:
                if (MustRead)
                {
                    CountHidden();
                    held?.Return();
                }

                plan.Judge?.Finish();
                IsError ??= plan.Judge?.IsError;
                plan.Judge?.Release();
                break;
            case AnswerHandling.Judge or AnswerHandling.Undecided when plan is { Judge: not null, Enforces: true }:
                await FinishJudgedAsync(cancellationToken);
                break;
            case AnswerHandling.Events:
                await FinishEventsAsync(cancellationToken);
                break;
        }
    }

    /// <summary>Ends a stream with an error for the call, so that the client knows why it ended.</summary>
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

    // The values are counted before a tree of them is built, and its memory is reserved while it is used.
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
        ShapeReader?.Begin(isEvents);
        if (!plan.Enforces)
        {
            var isRead =
                (MustRead || plan.Judge is not null || ShapeReader is not null) && !isEncoded && (isJson || isEvents);
            handling = isRead ? AnswerHandling.Copy : AnswerHandling.Pass;
            plan.Judge?.Begin(isEvents);
            return;
        }

        if (isEncoded && (isEvents || MustRead || plan.Judge is not null))
        {
            (handling, Failure) = (AnswerHandling.Refused, PolicyFailures.AnswerUnreadable);
        }
        else if (headers.ContentLength > plan.MaxBytes)
        {
            (handling, Failure) = (AnswerHandling.Refused, PolicyFailures.AnswerTooLarge);
        }
        else if (plan.Judge is not null)
        {
            handling = AnswerHandling.Judge;
            plan.Judge.Begin(isEvents);
            DropHead(isEvents);
        }
        else if (isEvents)
        {
            handling = AnswerHandling.Events;
            headers.ContentLength = null;
        }
        else
        {
            // Any type and framing is read: some clients read every answer except event streams as JSON.
            handling =
                MustRead || (isJson && headers.ContentLength <= SmallBytes && !isEncoded) ? AnswerHandling.Whole
                : ShapeReader is not null && isJson && !isEncoded ? AnswerHandling.Copy
                : AnswerHandling.Pass;
        }
    }

    private bool MustRead => plan.HasLists || plan.LooksForAsks;

    // Headers of the server could contain what stays inside. A session's id came with another answer.
    private void DropHead(bool isEvents) =>
        OwnAnswer.ReplaceHead(exchange.Response, isEvents ? EventStream.MediaType : "application/json");

    private void ReadJudged()
    {
        var judge = plan.Judge!;
        judge.Read(held!.WrittenMemory.Span);
        held.CutTo(0);
        var more = judge.HeldBytes - reserved;
        if (more > 0 && !Reserve((int)more))
        {
            Failure ??= McpFailures.BodiesCrowded;
        }
        else if (more < 0)
        {
            budget.Return(owner, -more);
            reserved += more;
        }

        Fail(judge.Failure);
    }

    // An error of HTTP keeps its status: clients decide by it what to do next.
    private void Fail(Failure? failure)
    {
        var status = exchange.Response.StatusCode;
        Failure ??=
            failure is not null && status >= StatusCodes.Status400BadRequest
                ? failure with
                {
                    Status = status,
                }
                : failure;
    }

    // Sends what of a stream is ready.
    private async ValueTask<FlushResult> FlushJudgedAsync(CancellationToken cancellationToken)
    {
        Failure = await HoldAsync();
        if (Failure is not null)
        {
            return Over;
        }

        WriteJudged();
        return await inner.FlushAsync(cancellationToken);
    }

    // Until a person has approved a finding that waits, nothing of it is written.
    private ValueTask<Failure?> HoldAsync() =>
        Failure is not null || plan.Judge is not { Waiting: not null } judge ? new(Failure)
        : plan.Hold is null ? new(ApprovalFailures.AnswerUnavailable)
        : plan.Hold(judge);

    private async ValueTask FinishJudgedAsync(CancellationToken cancellationToken)
    {
        if (exchange.Response.Headers[HeaderRules.Reason].Count > 0)
        {
            return; // the agent's own answer
        }

        Begin();
        var judge = plan.Judge!;
        exchange.Trailers?.Trailers?.Clear();
        judge.Finish();
        Fail(judge.Failure);
        IsError = judge.IsError;
        Failure = await HoldAsync();
        if (Failure is not null)
        {
            return;
        }

        if (!IsEventStream && !judge.Output.IsEmpty && !exchange.Response.HasStarted)
        {
            exchange.Response.Headers.ContentLength = judge.Output.Length;
        }

        WriteJudged();
        held?.Return();
        judge.Release();
        await inner.FlushAsync(cancellationToken);
    }

    private void WriteJudged()
    {
        var judge = plan.Judge!;
        if (!judge.Output.IsEmpty)
        {
            inner.Write(judge.Output.Span);
            judge.ClearOutput();
            HasPassed = true;
        }

        foreach (var id in judge.Unanswered)
        {
            plan.Refuse?.Invoke(id);
        }

        judge.Unanswered.Clear();
    }

    private async ValueTask FinishWholeAsync(CancellationToken cancellationToken)
    {
        var body = held?.WrittenMemory ?? default;
        // Clients that decode text do not see a byte-order mark, so the bytes after it are checked (RFC 8259 §8.1).
        var filtered = Apply(body);
        (Hidden, IsError) = (filtered.Hidden, filtered.IsError);
        Refuse(filtered);
        switch (filtered.Fate)
        {
            case MessageFate.Unreadable when tooMuch is not null:
                Failure = tooMuch;
                return;
            // An error page of the server, or an answer without a body.
            case MessageFate.Unreadable when body.IsEmpty || exchange.Response.StatusCode >= 400:
            case MessageFate.Unreadable when !plan.HasLists && (!plan.LooksForAsks || IsNoMessage(body.Span)):
            case MessageFate.Pass:
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

    // A page or a plain text, in any encoding: messages are objects or arrays.
    private bool IsNoMessage(ReadOnlySpan<byte> body) =>
        exchange.Response.Headers.ContentType.Count > 0 && !IsJson && !body.ContainsAny((byte)'{', (byte)'[');

    private bool IsJson =>
        exchange.Response.Headers.ContentType.ToString().Contains("json", StringComparison.OrdinalIgnoreCase);

    // These headers describe the original body and are wrong for a replaced one.
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

    // An incomplete last event is dropped, as by every client (HTML Standard §9.2.6).
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
            inner.Write(whole.Span); // a comment, a priming event, or a reconnection delay
            return;
        }

        var filtered = Apply(data);
        Hidden += filtered.Hidden;
        IsError = filtered.IsError ?? IsError;
        Refuse(filtered);
        switch (filtered.Fate)
        {
            case MessageFate.Pass:
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

    // The server waits for an answer to its request, and the client does not know of the request.
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
