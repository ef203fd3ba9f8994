namespace Culvert.Identity.Service.Tokens.SigningKeys;

/// <summary>What can prevent a change of the signing keys.</summary>
internal enum SigningKeyConflict
{
    /// <summary>Another node made the next key at the same time: that one holds.</summary>
    Made,

    /// <summary>The keys are no longer as they were when the change was decided.</summary>
    Changed,
}
