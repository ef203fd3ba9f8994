namespace Culvert.Benchmarks.Providers;

/// <summary>One call on its way through a control plane.</summary>
internal sealed class ProviderCall(string id, string command)
{
    private readonly TaskCompletionSource<AnsweredCall> answered = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );

    public string Id => id;

    /// <summary>As a poll delivers it.</summary>
    public string Command => command;

    public Task<AnsweredCall> Answered => answered.Task;

    /// <summary>When the response to the poll was written.</summary>
    public long DeliveredAt { get; set; }

    public void Finish(AnsweredCall answer) => answered.TrySetResult(answer);

    public void Fail(Exception error) => answered.TrySetException(error);
}
