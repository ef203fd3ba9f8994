using System.Diagnostics.CodeAnalysis;

namespace Culvert.Jose.Tokens;

/// <summary>The JSON type of a claim. Types are never converted: the string "1" is not the number 1.</summary>
[SuppressMessage("Naming", "CA1720:Identifier contains type name", Justification = "These are the JSON types' names.")]
public enum ClaimKind
{
    String,
    Number,
    Boolean,
    Null,
    Array,
    Object,
}
