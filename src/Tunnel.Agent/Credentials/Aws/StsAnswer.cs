using System.Globalization;
using System.Xml;

namespace Culvert.Tunnel.Agent.Credentials.Aws;

/// <summary>The elements of an answer of AWS STS that the agent reads; each is empty where the answer lacks it.</summary>
internal sealed record StsAnswer
{
    private const string Namespace = "https://sts.amazonaws.com/doc/2011-06-15/";
    private const int MaxDepth = 8;

    public string AccessKeyId { get; private init; } = "";

    /// <summary>A secret.</summary>
    public string SecretKey { get; private init; } = "";

    /// <summary>A secret.</summary>
    public string SessionToken { get; private init; } = "";

    public DateTimeOffset? Expiration { get; private init; }

    /// <summary>Why the request was refused.</summary>
    public string ErrorCode { get; private init; } = "";

    public bool IsSession => AccessKeyId.Length > 0 && SecretKey.Length > 0 && SessionToken.Length > 0;

    /// <summary>Without the values, which are secrets.</summary>
    public override string ToString() => ErrorCode;

    /// <returns>Null for anything but XML of STS without a document type.</returns>
    public static StsAnswer? Read(ReadOnlyMemory<byte> body, string action)
    {
        try
        {
            using var stream = new MemoryStream(body.ToArray(), writable: false);
            using var xml = XmlReader.Create(
                stream,
                new XmlReaderSettings
                {
                    DtdProcessing = DtdProcessing.Prohibit,
                    XmlResolver = null,
                    MaxCharactersInDocument = CloudEndpoint.MaxBytes,
                }
            );
            return Read(xml, action);
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private static StsAnswer? Read(XmlReader xml, string action)
    {
        var credentials = $"{action}Response/{action}Result/Credentials";
        var path = new List<string>();
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        while (xml.Read())
        {
            switch (xml.NodeType)
            {
                case XmlNodeType.Element when xml.NamespaceURI != Namespace || path.Count == MaxDepth:
                    return null;
                case XmlNodeType.Element when !xml.IsEmptyElement:
                    path.Add(xml.LocalName);
                    break;
                case XmlNodeType.EndElement:
                    path.RemoveAt(path.Count - 1);
                    break;
                case XmlNodeType.Text when !found.TryAdd(string.Join('/', path), xml.Value):
                    return null; // two elements of one name: it is not said which counts
            }
        }

        return new StsAnswer
        {
            AccessKeyId = Find($"{credentials}/AccessKeyId"),
            SecretKey = Find($"{credentials}/SecretAccessKey"),
            SessionToken = Find($"{credentials}/SessionToken"),
            Expiration = DateTimeOffset.TryParse(
                Find($"{credentials}/Expiration"),
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var expiration
            )
                ? expiration
                : null,
            ErrorCode = Find("ErrorResponse/Error/Code"),
        };

        string Find(string name) => found.GetValueOrDefault(name, "");
    }
}
