namespace Culvert.Tunnel.Edge.Tests.Support;

/// <summary>Pieces of client hellos, from which tests build valid and broken ones.</summary>
internal static partial class Hellos
{
    /// <summary>A small hello around these extensions.</summary>
    public static byte[] Build(params byte[][] extensions) => Record(Message(Body(extensions)));

    public static byte[] Body(params byte[][] extensions)
    {
        byte[] all = [.. extensions.SelectMany(e => e)];
        return [3, 3, .. new byte[32], 0, 0, 2, 0x13, 0x01, 1, 0, .. U16(all.Length), .. all];
    }

    public static byte[] Message(byte[] body) =>
        [1, (byte)(body.Length >> 16), (byte)(body.Length >> 8), (byte)body.Length, .. body];

    public static byte[] Record(byte[] fragment) => [22, 3, 1, .. U16(fragment.Length), .. fragment];

    /// <summary>The same message in records of so many bytes.</summary>
    public static byte[] Fragment(byte[] record, int bytes) =>
        [.. record[5..].Chunk(bytes).SelectMany(piece => Record(piece))];

    public static byte[] Extension(int type, params byte[] data) => [.. U16(type), .. U16(data.Length), .. data];

    public static byte[] ServerName(string name) => Extension(0, NameList((0, name)));

    public static byte[] NameList(params (byte Type, string Name)[] names)
    {
        byte[] list =
        [
            .. names.SelectMany(n =>
                (byte[])[n.Type, .. U16(n.Name.Length), .. System.Text.Encoding.Latin1.GetBytes(n.Name)]
            ),
        ];
        return [.. U16(list.Length), .. list];
    }

    public static byte[] Alpn(params string[] protocols)
    {
        byte[] list =
        [
            .. protocols.SelectMany(p => (byte[])[(byte)p.Length, .. System.Text.Encoding.ASCII.GetBytes(p)]),
        ];
        return Extension(16, [.. U16(list.Length), .. list]);
    }

    public static byte[] U16(int value) => [(byte)(value >> 8), (byte)value];
}
