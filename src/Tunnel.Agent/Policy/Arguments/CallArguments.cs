using System.Runtime.InteropServices;
using System.Text.Json;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Policy.Arguments;

/// <summary>The exact bytes of the arguments that are forwarded, without duplicate members; parsed on first use.</summary>
internal sealed class CallArguments(ReadOnlyMemory<byte> bytes) : IDisposable
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = MessageReader.DeepestAllowed };
    private static readonly JsonElement None = JsonDocument.Parse("{}").RootElement;

    private JsonDocument? document;
    private List<Range>? masked;

    public IReadOnlyList<Range> Masked => masked ?? [];

    public JsonElement Root => bytes.IsEmpty ? None : (document ??= JsonDocument.Parse(bytes, Options)).RootElement;

    /// <summary>Excludes the value at a pointer, and values that a server could take for it, from records.</summary>
    public void Mask(JsonPointer pointer)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        foreach (var value in pointer.FindLike(Root))
        {
            Mask(value);
        }
    }

    public void Dispose() => document?.Dispose();

    private void Mask(JsonElement value)
    {
        var raw = JsonMarshal.GetRawUtf8Value(value);
        if (bytes.Span.Overlaps(raw, out var start))
        {
            var range = start..(start + raw.Length);
            masked ??= [];
            if (!masked.Contains(range))
            {
                masked.Add(range);
            }
        }
    }
}
