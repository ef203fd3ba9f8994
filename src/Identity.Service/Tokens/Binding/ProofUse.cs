namespace Culvert.Identity.Service.Tokens.Binding;

/// <summary>What became of the attempt to use a proof up.</summary>
internal enum ProofUse
{
    Used,

    /// <summary>It was used before.</summary>
    Replayed,

    /// <summary>It could not be remembered, so it must not be accepted.</summary>
    Full,
}
