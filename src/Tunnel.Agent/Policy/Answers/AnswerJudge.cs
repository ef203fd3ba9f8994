using System.Buffers;
using System.Security.Cryptography;
using Culvert.Jose.Json;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Policy.Approvals;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Policy.Answers;

/// <summary>
/// Reads the answer to a call under answer rules, in either framing: one JSON message, or a stream of events. The client
/// gets at most one message of it, which this class writes.
/// </summary>
/// <param name="filter">Decides on other messages of the server, where the rules let them cross.</param>
internal sealed class AnswerJudge(JudgedCall call, MessageFilter filter)
{
    // The longest other message that crosses.
    private const int MaxOtherBytes = 64 * 1024;

    private readonly JsonOutput output = new();
    private readonly HeldAnswer other = new();
    private AnswerMessage message = new(call);
    private EventLines? lines;
    private bool isOtherLong;
    private bool hasData;
    private AnswerCounts before; // of messages that were not the answer

    public bool IsEventStream => lines is not null;

    /// <summary>Why the client gets an error instead of the answer; null while it may get one.</summary>
    public Failure? Failure { get; private set; }

    /// <summary>The class of an error of the server, or why its answer cannot be judged; otherwise empty.</summary>
    public string Problem { get; private set; } = "";

    public bool? IsError { get; private set; }

    public bool IsAnswered { get; private set; }

    public AnswerCounts Counts => before + message.Counts;

    /// <summary>The digest of the message that crosses; empty without one.</summary>
    public byte[] Digest { get; private set; } = [];

    /// <summary>What is ready to be sent.</summary>
    public ReadOnlyMemory<byte> Output => output.Written;

    /// <summary>Raw ids of requests of the server that did not cross.</summary>
    public List<ReadOnlyMemory<byte>> Unanswered { get; } = [];

    /// <summary>The memory that the answer uses, in bytes.</summary>
    public long HeldBytes => message.HeldBytes + output.Length + other.WrittenCount;

    /// <summary>The finding, as long as it must not cross because a person has to approve it; otherwise null.</summary>
    public HeldFinding? Waiting { get; private set; }

    /// <summary>Lets a finding cross that a person has approved.</summary>
    public void Approve(HeldFinding finding)
    {
        var bytes = finding.WithId(call.Id.Span);
        (Waiting, Digest) = (null, SHA256.HashData(bytes));
        Write(bytes);
    }

    public void Begin(bool isEventStream) => lines = isEventStream ? new EventLines() : null;

    public void ClearOutput() => output.CutTo(0);

    public void Read(ReadOnlySpan<byte> bytes)
    {
        if (Failure is not null || IsAnswered)
        {
            return; // nothing after the answer crosses
        }

        if (lines is null)
        {
            ReadData(bytes);
            return;
        }

        while (!bytes.IsEmpty && Failure is null && !IsAnswered)
        {
            switch (lines.Read(ref bytes, out var data))
            {
                case EventPart.Data:
                    ReadData(data);
                    break;
                case EventPart.Comment when !hasData:
                    output.Raw(": keep-alive\n\n"u8);
                    break;
                case EventPart.End when hasData:
                    EndMessage();
                    break;
            }
        }
    }

    /// <summary>Called after the upstream's last byte.</summary>
    public void Finish()
    {
        if (Failure is null && !IsAnswered && lines is null && hasData)
        {
            EndMessage();
        }

        // A stream without the answer: the server would send it in another one, which no rule of this call judges.
        if (Failure is null && !IsAnswered && (lines is not null || hasData))
        {
            Refuse("no_answer");
        }
    }

    /// <summary>Returns rented memory: only where no other task can write to it any more, as after a complete answer.</summary>
    public void Release()
    {
        message.Release();
        output.Release();
        other.Return();
    }

    private void ReadData(ReadOnlySpan<byte> bytes)
    {
        if (!hasData)
        {
            bytes = bytes[Utf8Text.FindStart(bytes)..];
        }

        hasData |= !bytes.IsEmpty;
        message.Read(bytes, isEnd: false);
        if (message.Outcome == AnswerOutcome.Unfit)
        {
            EndMessage();
        }
        else if (call.Shape.PassesNotifications && lines is not null && !isOtherLong)
        {
            isOtherLong = other.WrittenCount + bytes.Length > MaxOtherBytes;
            other.Write(isOtherLong ? default : bytes);
        }
    }

    private void EndMessage()
    {
        message.Read(default, isEnd: true);
        switch (message.Outcome)
        {
            case AnswerOutcome.Unfit when call.Shape.DropsUnfit:
                Problem = message.Reason;
                message.WriteWithheld();
                Answer(isFinding: false);
                break;
            case AnswerOutcome.Unfit:
                Refuse(message.Reason);
                break;
            case AnswerOutcome.Failed when call.Shape.PassesErrors:
                IsError = true;
                message.WriteError();
                Answer();
                break;
            case AnswerOutcome.Failed:
                (IsError, Problem, Failure) = (true, CallAnswer.ServerError, PolicyFailures.AnswerFailed);
                break;
            case AnswerOutcome.Finding:
                IsError = message.IsError;
                Answer();
                break;
            default:
                EndOther();
                break;
        }
    }

    private void Answer(bool isFinding = true)
    {
        Digest = message.Digest;
        IsAnswered = true;
        if (isFinding && call.Shape.FindApproval(message.Parts, call.Claims) is { } approval)
        {
            var bytes = message.Written[(RpcText.BeforeId.Length + call.Id.Length)..].ToArray();
            Waiting = new HeldFinding(bytes)
            {
                Rule = approval.Rule,
                Approval = approval.Approval,
                Shown = ShownArguments.DescribeFinding(bytes.Length, message.Parts, approval.Approval.Shown),
            };
            return;
        }

        Write(message.Written.Span);
    }

    private void Refuse(string problem) => (Problem, Failure) = (problem, PolicyFailures.AnswerUnfit);

    // A notification or a request of the server, or an answer to another request.
    private void EndOther()
    {
        if (lines is null)
        {
            Refuse("other_message");
            return;
        }

        if (call.Shape.PassesNotifications && !isOtherLong)
        {
            var filtered = filter.Apply(other.WrittenMemory);
            Unanswered.AddRange(filtered.Unanswered);
            if (filtered.Fate == MessageFate.Pass)
            {
                Write(other.WrittenMemory.Span);
            }
        }
        else if (!message.Id.IsEmpty)
        {
            Unanswered.Add(message.Id);
        }

        before += message.Counts;
        before.FieldsRemoved++;
        message.Release();
        message = new AnswerMessage(call);
        other.Return();
        (hasData, isOtherLong) = (false, false);
    }

    private void Write(ReadOnlySpan<byte> json)
    {
        output.Raw(lines is null ? default : "event: message\ndata: "u8);
        output.Raw(json);
        output.Raw(lines is null ? default : "\n\n"u8);
    }
}
