namespace Culvert.Platform.Configuration;

/// <summary>What a <see cref="ConfigLiteral"/> is.</summary>
public enum ConfigLiteralKind
{
    Text,
    Number,
    Boolean,
}
