namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>What to kill or to restore: exactly one of the first three.</summary>
internal sealed record KillRequest
{
    /// <summary>Every key of that name, and the key that has it now under any name.</summary>
    public string? Kid { get; init; }

    /// <summary>Only <c>true</c>: all current keys of the issuer. Keys published afterwards are accepted.</summary>
    public bool? KeySet { get; init; }

    /// <summary>Only <c>true</c>: everything of the issuer.</summary>
    public bool? Issuer { get; init; }

    public required string Reason { get; init; }
}
