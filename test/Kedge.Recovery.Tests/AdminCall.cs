using System.Text;
using Kedge.Sandbox;

namespace Kedge.Recovery.Tests;

/// <summary>What an operator does to his cloud and Kedge never does, as the user <c>admin</c>.</summary>
static class AdminCall
{
    public static async Task PostAsync(SandboxCloud cloud, string path, string json)
    {
        using var http = new HttpClient(cloud.CreateHandler()) { BaseAddress = cloud.BaseUrl };
        var login = """{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"admin","domain":{"id":"default"},"password":"PASSWORD"}}},"""
            .Replace("PASSWORD", cloud.Settings.Password, StringComparison.Ordinal) + " \"scope\":{\"project\":{\"name\":\"admin\",\"domain\":{\"id\":\"default\"}}}}}";
        using var token = await http.PostAsync(new Uri("/identity/v3/auth/tokens", UriKind.Relative), Json(login));
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = Json(json) };
        request.Headers.Add("X-Auth-Token", token.Headers.GetValues("X-Subject-Token"));
        using var answer = await http.SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
