using System.Security.Cryptography;
using System.Text;

namespace Culvert.Platform.Configuration;

/// <summary>The content of the YAML file, before a getter gives it a type.</summary>
/// <param name="Line">Where it starts, counted from 1.</param>
internal abstract record ConfigNode(int Line)
{
    /// <summary>Of all that is said here: the same as long as the file says the same, wherever in the file.</summary>
    public string Digest()
    {
        var text = new StringBuilder();
        Append(text, this);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static void Append(StringBuilder text, ConfigNode node)
    {
        switch (node)
        {
            case MappingNode mapping:
                foreach (var (name, (_, value)) in mapping.Entries)
                {
                    text.Append('{').Append(name.Length).Append(':').Append(name);
                    Append(text, value);
                }

                text.Append('}');
                break;
            case SequenceNode sequence:
                foreach (var item in sequence.Items)
                {
                    text.Append('[');
                    Append(text, item);
                }

                text.Append(']');
                break;
            case ScalarNode { IsNull: false } scalar:
                text.Append(scalar.Text.Length).Append('=').Append(scalar.Text);
                break;
            default:
                text.Append('~');
                break;
        }
    }
}
