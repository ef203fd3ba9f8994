namespace Culvert.Tunnel.Agent.Policy.Answers;

/// <summary>An answer cannot be judged, so that nothing of it may cross.</summary>
/// <param name="reason">A stable word for the record, such as <c>duplicate_member</c>.</param>
internal sealed class UnfitException(string reason) : Exception($"The answer cannot be judged: {reason}.")
{
    public string Reason => reason;
}
