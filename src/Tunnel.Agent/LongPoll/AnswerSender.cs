using Culvert.Platform.Timing;

namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>
/// Sends the answers to a command, in order: any number of notifications, then exactly one answer that ends it. Nothing
/// is sent after the command's deadline.
/// </summary>
internal sealed class AnswerSender(
    ControlPlane plane,
    TunnelCommand command,
    TimeProvider time,
    CancellationToken deadline
)
{
    private const int MostAttempts = 3;

    private static readonly Backoff Between = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(10));

    private bool lostNotification;

    /// <summary>The control plane's response to the answer that ends the command; null while it has not been sent.</summary>
    public AnswerOutcome? Outcome { get; private set; }

    /// <summary>Why the control plane did not accept an answer; empty if it accepted all.</summary>
    public string Problem { get; private set; } = "";

    /// <summary>After a failure no further message is sent: the product would see a gap.</summary>
    /// <exception cref="OperationCanceledException">The deadline has passed.</exception>
    public async Task NotifyAsync(CommandAnswer answer)
    {
        if (lostNotification || Outcome is not null)
        {
            return;
        }

        var body = answer.Format(command);
        for (var attempt = 1; ; attempt++)
        {
            var reply = await plane.AnswerAsync(command, body, deadline);
            if (reply.IsSuccess)
            {
                return;
            }

            // A repeated message would reach the product twice, so it is sent again only if the first did not arrive.
            var mayRepeat = reply.Status == StatusCodes.Status429TooManyRequests || !reply.MayHaveArrived;
            if (!mayRepeat || attempt == MostAttempts)
            {
                (lostNotification, Problem) = (true, reply.Describe());
                return;
            }

            await WaitAsync(attempt, reply);
        }
    }

    /// <summary>A second final answer is not sent.</summary>
    /// <exception cref="OperationCanceledException">The deadline has passed.</exception>
    public async Task FinishAsync(CommandAnswer answer, ReadOnlyMemory<byte> id)
    {
        if (Outcome is not null)
        {
            return;
        }

        Outcome = AnswerOutcome.NotAccepted;
        var status = await SendLastAsync(answer.Format(command));
        if (status == StatusCodes.Status413PayloadTooLarge && answer.Type == AnswerType.Response)
        {
            var shorter = answer with
            {
                Status = StatusCodes.Status502BadGateway,
                Headers = [],
                Body = TunnelFailure.TooLarge.Format(id.Span),
            };
            await SendLastAsync(shorter.Format(command));
        }
    }

    private async Task<int> SendLastAsync(ReadOnlyMemory<byte> body)
    {
        for (var attempt = 1; ; attempt++)
        {
            var reply = await plane.AnswerAsync(command, body, deadline);
            if (reply.IsSuccess)
            {
                Outcome = AnswerOutcome.Accepted;
                return reply.Status;
            }

            if (reply is { Status: StatusCodes.Status404NotFound, Code: ControlErrors.NotPending })
            {
                Outcome = AnswerOutcome.NotPending;
                return reply.Status;
            }

            if (!IsTransient(reply.Status) || attempt == MostAttempts)
            {
                Problem = reply.Describe();
                return reply.Status;
            }

            await WaitAsync(attempt, reply);
        }
    }

    private static bool IsTransient(int status) => status is 0 or 408 or 429 or 502 or 503 or 504;

    private Task WaitAsync(int attempt, ControlReply reply)
    {
        var wait = Between.After(attempt, Jitter.Unit());
        return Task.Delay(reply.RetryAfter > wait ? reply.RetryAfter.Value : wait, time, deadline);
    }
}

/// <summary>How the control plane responded to the answer that ends a command.</summary>
internal enum AnswerOutcome
{
    Accepted,

    /// <summary>The product no longer waits for it.</summary>
    NotPending,

    /// <summary>The control plane refused it, or was unreachable.</summary>
    NotAccepted,
}
