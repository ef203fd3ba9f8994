using System.Text;
using Microsoft.AspNetCore.Authentication;

namespace Culvert.Identity.Service.Console.SignIn;

/// <summary>The bytes of a nonce, which the handler stores in the name of a cookie.</summary>
internal sealed class NonceSerializer : IDataSerializer<string>
{
    public byte[] Serialize(string model) => Encoding.UTF8.GetBytes(model);

    public string Deserialize(byte[] data) => Encoding.UTF8.GetString(data);
}
