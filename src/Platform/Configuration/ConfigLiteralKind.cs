namespace Culvert.Platform.Configuration;

public enum ConfigLiteralKind
{
    Text,
    Number,
    Boolean,
}
