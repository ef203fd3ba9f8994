using System.Security.Cryptography;
using System.Text;

namespace Culvert.Platform.Configuration;

/// <summary>The content of the YAML file, before a getter gives it a type.</summary>
internal abstract record ConfigNode(int Line)
{
    /// <summary>A digest of the content: the same as long as the content is, wherever it is in the file.</summary>
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
