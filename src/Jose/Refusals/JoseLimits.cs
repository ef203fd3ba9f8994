namespace Culvert.Jose.Refusals;

/// <summary>Limits on input from outside, checked before anything is decoded or allocated.</summary>
public static class JoseLimits
{
    /// <summary>Longest compact token, in bytes: 16 KiB, as clients of the token endpoint expect.</summary>
    public const int MaxTokenBytes = 16 * 1024;

    /// <summary>Longest decoded header of a proof, in bytes. A token's header is limited only by the token's size.</summary>
    public const int MaxProofHeaderBytes = 4 * 1024;

    /// <summary>Longest proof (RFC 9449), in bytes. A proof with a 4096-bit key and a long target has about 3,000.</summary>
    public const int MaxProofBytes = 8 * 1024;

    /// <summary>Longest <c>jti</c>, <c>htm</c>, <c>nonce</c> or <c>ath</c> of a proof, in UTF-8 bytes.</summary>
    public const int MaxProofTextBytes = 256;

    /// <summary>Longest <c>htu</c> of a proof, in UTF-8 bytes.</summary>
    public const int MaxProofTargetBytes = 2048;

    /// <summary>Longest chain of actors in an access token (RFC 8693 §4.1).</summary>
    public const int MaxActors = 2;

    /// <summary>Deepest nesting, including the outermost object: reading is recursive, and others stop at 64.</summary>
    public const int MaxDepth = 32;

    /// <summary>Longest <c>kid</c>, in characters. It is opaque: compared ordinally, never parsed.</summary>
    public const int MaxKeyIdLength = 256;

    public const int MaxKeySetBytes = 256 * 1024;

    public const int MaxKeys = 100;

    /// <summary>Largest numeric date: the last second of the year 9999, the limit of <see cref="DateTimeOffset"/>.</summary>
    public const long MaxNumericDate = 253_402_300_799;
}
