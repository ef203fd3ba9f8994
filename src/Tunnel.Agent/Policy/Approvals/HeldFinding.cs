using System.Security.Cryptography;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Policy.Approvals;

/// <summary>A finding that crosses only after a person has approved it.</summary>
/// <param name="message">The message for the caller, from behind its id: exactly these bytes cross.</param>
internal sealed class HeldFinding(byte[] message)
{
    /// <summary>The name of the rule that requires the approval.</summary>
    public required string Rule { get; init; }

    public required RuleApproval Approval { get; init; }

    /// <summary>What the approver sees of it.</summary>
    public required IReadOnlyList<CallApprovalArgument> Shown { get; init; }

    /// <summary>The HTTP status of the server's answer.</summary>
    public int Status { get; set; } = StatusCodes.Status200OK;

    public bool? IsError { get; set; }

    /// <summary>What the record says of the finding once it has crossed, without the digest.</summary>
    public CallAnswer? Answer { get; set; }

    public int Length => message.Length;

    /// <summary>SHA-256 of the message: the approval is bound to it.</summary>
    public string Digest { get; } = Convert.ToHexStringLower(SHA256.HashData(message));

    /// <summary>The message as the answer to a call.</summary>
    /// <param name="id">The id of the call, as it was written.</param>
    public byte[] WithId(ReadOnlySpan<byte> id) => [.. RpcText.BeforeId, .. id, .. message];
}
