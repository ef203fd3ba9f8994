namespace Culvert.Identity.Service.Tokens.SigningKeys;

internal enum SigningKeyConflict
{
    /// <summary>Another node created the next key at the same time, and that key is used.</summary>
    Made,

    /// <summary>The keys are no longer as they were when the change was decided.</summary>
    Changed,
}
